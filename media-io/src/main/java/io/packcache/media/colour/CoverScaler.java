package io.packcache.media.colour;

import java.util.Arrays;

/**
 * Fits a picture into a given size without bars and without distortion: it is scaled, its proportions kept, until it just
 * covers the size, and what juts out is cut off evenly on both sides.
 *
 * <p>Each pixel is the mean of the source over the area it covers, rounded to nearest. So the same size gives the same
 * picture, and an enlargement by a whole factor with hard edges comes back exactly.
 */
public final class CoverScaler {

    private CoverScaler() {}

    /** Returns {@code width x height} pixels of packed RGB made from those of {@code sourceWidth x sourceHeight}. */
    public static byte[] scale(byte[] rgb, int sourceWidth, int sourceHeight, int width, int height) {
        double step = Math.min((double) sourceWidth / width, (double) sourceHeight / height);
        Axis columns = new Axis(sourceWidth, width, step);
        Axis rows = new Axis(sourceHeight, height, step);
        float[] narrow = new float[3 * width];
        float[] sums = new float[3 * width];
        byte[] scaled = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        for (int y = 0; y < height; y++) {
            Arrays.fill(sums, 0);
            for (int row = rows.first[y]; row <= rows.last[y]; row++) {
                narrow(rgb, 3 * sourceWidth * row, columns, narrow);
                float weight = rows.weight(y, row);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += weight * narrow[i];
                }
            }
            for (int i = 0; i < sums.length; i++) {
                scaled[y * sums.length + i] = (byte) Math.round(sums[i]);
            }
        }
        return scaled;
    }

    private static void narrow(byte[] rgb, int row, Axis columns, float[] narrow) {
        for (int x = 0; x < columns.first.length; x++) {
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int column = columns.first[x]; column <= columns.last[x]; column++) {
                float weight = columns.weight(x, column);
                int at = row + 3 * column;
                red += weight * (rgb[at] & 255);
                green += weight * (rgb[at + 1] & 255);
                blue += weight * (rgb[at + 2] & 255);
            }
            narrow[3 * x] = red;
            narrow[3 * x + 1] = green;
            narrow[3 * x + 2] = blue;
        }
    }

    /** Which source pixels each place of one axis covers, and how much of each. */
    private static final class Axis {
        final int[] first;
        final int[] last;
        private final double start;
        private final double step;

        Axis(int source, int places, double step) {
            this.step = step;
            start = (source - step * places) / 2;
            first = new int[places];
            last = new int[places];
            for (int i = 0; i < places; i++) {
                first[i] = Math.max(0, (int) Math.floor(start + i * step));
                last[i] = Math.min(source - 1, (int) Math.ceil(start + (i + 1) * step) - 1);
            }
        }

        float weight(int place, int pixel) {
            double from = Math.max(pixel, start + place * step);
            double to = Math.min(pixel + 1, start + (place + 1) * step);
            return (float) (Math.max(0, to - from) / step);
        }
    }
}
