package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;

/**
 * Measures pictures of one epoch, one after the other. Large pictures are sampled on an even grid of about
 * {@value #SAMPLES} points, the same in every picture, so that measuring costs far less than anything else in a stream.
 * Allocates only when the size of the pictures changes.
 */
final class PictureGauge {

    private static final int SAMPLES = 128 * 128;

    /** Share of the newest value in the running mean of motion. */
    private static final double SHARE = 0.1;

    /** Motion that is no motion. */
    private static final double STILL = 1e-4;

    private float[] before = {};
    private boolean first = true;
    private double inner = Double.NaN;

    /** Begins an epoch: what comes next does not move from what was before. */
    void begin() {
        first = true;
        inner = Double.NaN;
    }

    /**
     * Measures the next picture.
     *
     * @param opening true for the first picture of a latent frame
     */
    PictureStatistics measure(VideoFrame picture, long latentFrame, boolean opening) {
        byte[] rgb = picture.rgb();
        int width = picture.width();
        int height = picture.height();
        int stride = Math.max(1, (int) Math.sqrt((double) width * height / SAMPLES));
        int columns = (width + stride - 1) / stride;
        int samples = columns * ((height + stride - 1) / stride);
        if (before.length != samples) {
            before = new float[samples];
            first = true;
        }
        double brightness = 0;
        double saturation = 0;
        double sharpness = 0;
        double motion = 0;
        int sample = 0;
        for (int y = 0; y < height; y += stride) {
            int below = y + 1 < height ? 3 * width : 0;
            for (int x = 0; x < width; x += stride) {
                int at = 3 * (y * width + x);
                float luma = luma(rgb, at);
                brightness += luma;
                saturation += spread(rgb, at);
                int right = x + 1 < width ? 3 : 0;
                sharpness += Math.abs(luma - luma(rgb, at + right)) + Math.abs(luma - luma(rgb, at + below));
                motion += Math.abs(luma - before[sample]);
                before[sample++] = luma;
            }
        }
        double moved = first ? 0 : motion / samples;
        double seam = first ? 1 : seam(moved, opening);
        first = false;
        return new PictureStatistics(
                latentFrame,
                picture.pts(),
                brightness / samples,
                saturation / samples,
                sharpness / (2 * samples),
                moved,
                seam);
    }

    private double seam(double motion, boolean opening) {
        if (!opening) {
            inner = Double.isNaN(inner) ? motion : inner + SHARE * (motion - inner);
            return 1;
        }
        return Double.isNaN(inner) || motion < STILL ? 1 : motion / Math.max(inner, STILL);
    }

    private static float luma(byte[] rgb, int at) {
        return (0.2126f * (rgb[at] & 0xff) + 0.7152f * (rgb[at + 1] & 0xff) + 0.0722f * (rgb[at + 2] & 0xff)) / 255;
    }

    private static float spread(byte[] rgb, int at) {
        int r = rgb[at] & 0xff;
        int g = rgb[at + 1] & 0xff;
        int b = rgb[at + 2] & 0xff;
        return (Math.max(r, Math.max(g, b)) - Math.min(r, Math.min(g, b))) / 255f;
    }
}
