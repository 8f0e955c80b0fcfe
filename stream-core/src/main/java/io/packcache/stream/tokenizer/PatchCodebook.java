package io.packcache.stream.tokenizer;

import io.packcache.stream.frame.VideoFrame;

/**
 * Patches of pixel values -1 to 1, one per code, each in the order channel, picture, row, column. Immutable and
 * thread-safe.
 */
final class PatchCodebook {

    private final int spatial;
    private final int temporal;

    /** Shape (codes, patch values). */
    private final float[] patches;

    private final int length;

    PatchCodebook(PatchCodebookSettings settings, float[] patches) {
        this.spatial = settings.spatial();
        this.temporal = settings.temporal();
        this.patches = patches;
        this.length = settings.patchValues();
    }

    /** Cuts the patch at a code's cell out of {@code temporal} pictures. */
    void cut(VideoFrame[] pictures, int row, int column, float[] patch) {
        int at = 0;
        for (int channel = 0; channel < 3; channel++) {
            for (VideoFrame picture : pictures) {
                byte[] rgb = picture.rgb();
                for (int y = row * spatial; y < (row + 1) * spatial; y++) {
                    int from = 3 * (y * picture.width() + column * spatial) + channel;
                    for (int x = 0; x < spatial; x++) {
                        patch[at++] = PixelScale.value(rgb[from + 3 * x]);
                    }
                }
            }
        }
    }

    /** The code whose patch is nearest in squared distance; the lowest of several. */
    int nearest(float[] patch) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int code = 0; code * length < patches.length; code++) {
            double distance = distance(patch, code * length, least);
            if (distance < least) {
                least = distance;
                best = code;
            }
        }
        return best;
    }

    /** The squared distance, or any number not below {@code limit} once it has reached that. */
    private double distance(float[] patch, int from, double limit) {
        double sum = 0;
        for (int i = 0; i < length && sum < limit; i += spatial) {
            for (int j = i; j < i + spatial; j++) {
                double difference = patch[j] - patches[from + j];
                sum += difference * difference;
            }
        }
        return sum;
    }

    /**
     * Paints the cells of one picture: the patches of the codes plus their corrections.
     *
     * @param picture 0 to {@code temporal - 1}
     * @param corrections shape (positions, patch values)
     */
    void paint(int picture, int[] codes, FeatureMap corrections, byte[] rgb) {
        int width = corrections.columns * spatial;
        for (int p = 0; p < codes.length; p++) {
            int corner = p / corrections.columns * spatial * width + p % corrections.columns * spatial;
            for (int channel = 0; channel < 3; channel++) {
                int plane = (channel * temporal + picture) * spatial * spatial;
                for (int i = 0; i < spatial * spatial; i++) {
                    int pixel = corner + i / spatial * width + i % spatial;
                    float value = patches[codes[p] * length + plane + i] + corrections.values[p * length + plane + i];
                    rgb[3 * pixel + channel] = PixelScale.pixel(value);
                }
            }
        }
    }
}
