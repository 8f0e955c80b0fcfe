package io.packcache.kvcache.compute.rows;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The Fourier transform of real rows as an orthonormal matrix: the constant, then cosine and sine of each frequency, then
 * for an even width the alternating row. As many coefficients as values, so the half spectrum loses nothing.
 *
 * <p>Rows are as wide as a part of a head, so a product with the matrix is as good as a fast transform. One matrix per
 * width lives as long as the process and is shared by all pages.
 */
public final class FourierBasis {

    private static final ConcurrentMap<Integer, FourierBasis> KNOWN = new ConcurrentHashMap<>();

    private final int size;
    private final float[] matrix;

    private FourierBasis(int size) {
        this.size = size;
        matrix = new float[size * size];
        for (int k = 0; k < size; k++) {
            boolean single = k == 0 || (k == size - 1 && size % 2 == 0);
            double length = Math.sqrt((single ? 1.0 : 2.0) / size);
            for (int i = 0; i < size; i++) {
                double angle = 2 * Math.PI * ((k + 1L) / 2 * i % size) / size;
                matrix[k * size + i] = (float) (length * (k % 2 == 1 || k == 0 ? Math.cos(angle) : Math.sin(angle)));
            }
        }
    }

    /** The basis for rows of {@code size} values, at least 1. */
    public static FourierBasis of(int size) {
        return KNOWN.computeIfAbsent(size, FourierBasis::new);
    }

    /** Coefficients of {@code rows} rows of values. */
    public float[] coefficients(float[] values, int rows) {
        float[] found = new float[rows * size];
        for (int i = 0; i < found.length; i++) {
            float sum = 0;
            for (int j = 0; j < size; j++) {
                sum += values[i / size * size + j] * matrix[i % size * size + j];
            }
            found[i] = sum;
        }
        return found;
    }

    /** Shape (size, size), one row of the basis after the other; not to be written to. */
    public float[] matrix() {
        return matrix;
    }

    /** {@code target[at + i] += coefficient * basis[k][i]} for all i. */
    void add(float coefficient, int k, float[] target, int at) {
        for (int i = 0; i < size; i++) {
            target[at + i] += coefficient * matrix[k * size + i];
        }
    }
}
