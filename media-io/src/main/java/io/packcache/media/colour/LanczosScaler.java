package io.packcache.media.colour;

import java.util.Arrays;

/**
 * Enlarges or shrinks packed RGB with the Lanczos kernel of three lobes, widened where it shrinks so that nothing
 * flickers. Weights of each place sum to 1, and beyond an edge its last pixel goes on, so plain areas keep their colour
 * exactly. Each channel is rounded to nearest once.
 *
 * <p>Made once for a pair of sizes; allocates nothing afterwards; one thread at a time.
 */
public final class LanczosScaler implements Scaler {

    private static final int LOBES = 3;

    private final int width;
    private final int height;
    private final int scaledWidth;
    private final int scaledHeight;
    private final Axis columns;
    private final Axis rows;

    /** Source rows already scaled to the new width, each in the place of its number modulo the kernel's height. */
    private final float[][] scaledRows;

    private final int[] held;
    private final float[] sums;

    /** From {@code width x height} pixels to {@code scaledWidth x scaledHeight}; each at least 1. */
    public LanczosScaler(int width, int height, int scaledWidth, int scaledHeight) {
        if (width < 1 || height < 1 || scaledWidth < 1 || scaledHeight < 1) {
            throw new IllegalArgumentException("sizes are at least 1 x 1 pixels, got " + width + " x " + height + " to "
                    + scaledWidth + " x " + scaledHeight);
        }
        this.width = width;
        this.height = height;
        this.scaledWidth = scaledWidth;
        this.scaledHeight = scaledHeight;
        columns = new Axis(width, scaledWidth);
        rows = new Axis(height, scaledHeight);
        scaledRows = new float[rows.taps][3 * scaledWidth];
        held = new int[rows.taps];
        sums = new float[3 * scaledWidth];
    }

    @Override
    public int scaledBytes() {
        return Math.multiplyExact(3, Math.multiplyExact(scaledWidth, scaledHeight));
    }

    @Override
    public void scale(byte[] rgb, byte[] scaled) {
        Arrays.fill(held, -1);
        for (int y = 0; y < scaledHeight; y++) {
            Arrays.fill(sums, 0.5f);
            for (int tap = 0; tap < rows.taps; tap++) {
                int row = Math.max(0, Math.min(height - 1, rows.first[y] + tap));
                add(rows.weights[y * rows.taps + tap], scaledRow(rgb, row), sums);
            }
            int to = y * sums.length;
            for (int i = 0; i < sums.length; i++) {
                // The half for rounding is in the sum, and the cast cuts towards zero.
                scaled[to + i] = (byte) Math.max(0, Math.min(255, (int) sums[i]));
            }
        }
    }

    private static void add(float weight, float[] row, float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * row[i];
        }
    }

    private float[] scaledRow(byte[] rgb, int row) {
        int place = row % rows.taps;
        float[] made = scaledRows[place];
        if (held[place] == row) {
            return made;
        }
        held[place] = row;
        int start = 3 * width * row;
        for (int x = 0; x < scaledWidth; x++) {
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int tap = 0; tap < columns.taps; tap++) {
                float weight = columns.weights[x * columns.taps + tap];
                int at = start + 3 * Math.max(0, Math.min(width - 1, columns.first[x] + tap));
                red += weight * (rgb[at] & 255);
                green += weight * (rgb[at + 1] & 255);
                blue += weight * (rgb[at + 2] & 255);
            }
            made[3 * x] = red;
            made[3 * x + 1] = green;
            made[3 * x + 2] = blue;
        }
        return made;
    }

    /** Of one axis: which source pixels each place takes, and how much of each. */
    private static final class Axis {
        final int taps;
        final int[] first;
        final float[] weights;

        Axis(int size, int scaledSize) {
            double step = (double) size / scaledSize;
            double wide = Math.max(1, step);
            taps = (int) Math.ceil(2 * LOBES * wide) + 1;
            first = new int[scaledSize];
            weights = new float[Math.multiplyExact(scaledSize, taps)];
            double[] raw = new double[taps];
            for (int i = 0; i < scaledSize; i++) {
                double centre = (i + 0.5) * step - 0.5;
                first[i] = (int) Math.floor(centre - LOBES * wide) + 1;
                double sum = 0;
                for (int tap = 0; tap < taps; tap++) {
                    raw[tap] = kernel((first[i] + tap - centre) / wide);
                    sum += raw[tap];
                }
                for (int tap = 0; tap < taps; tap++) {
                    weights[i * taps + tap] = (float) (raw[tap] / sum);
                }
            }
        }

        private static double kernel(double x) {
            if (Math.abs(x) < 1e-9) {
                return 1;
            }
            if (Math.abs(x) >= LOBES) {
                return 0;
            }
            double angle = Math.PI * x;
            return LOBES * Math.sin(angle) * Math.sin(angle / LOBES) / (angle * angle);
        }
    }
}
