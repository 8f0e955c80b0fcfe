package io.packcache.kvcache.compute.rows;

/**
 * The Walsh-Hadamard transform, scaled so that it is its own inverse and keeps lengths.
 *
 * <p>Rows whose width is no power of two are transformed in blocks of the largest power of two that divides the width;
 * an odd width stays as it is.
 */
public final class Hadamard {

    private Hadamard() {}

    /** Columns that are mixed with each other: the largest power of two that divides {@code columns}. */
    public static int block(int columns) {
        return Integer.lowestOneBit(columns);
    }

    /** Transforms {@code rows} rows in place, from {@code at} on. */
    public static void apply(float[] data, int at, int rows, int columns) {
        int block = block(columns);
        float scale = (float) (1 / Math.sqrt(block));
        int end = at + rows * columns;
        for (int half = 1; half < block; half *= 2) {
            for (int first = at; first < end; first += 2 * half) {
                butterfly(data, first, half);
            }
        }
        for (int i = at; i < end && block > 1; i++) {
            data[i] *= scale;
        }
    }

    private static void butterfly(float[] data, int first, int half) {
        for (int i = first; i < first + half; i++) {
            float a = data[i];
            float b = data[i + half];
            data[i] = a + b;
            data[i + half] = a - b;
        }
    }
}
