package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.rows.Bfloat16Rows;

/**
 * A matrix approximated by its projection onto a few directions, found by subspace iteration.
 *
 * @param coefficients shape (rows, rank)
 * @param basis shape (rank, columns), orthonormal up to rounding
 */
record Projection(Bfloat16Rows coefficients, Bfloat16Rows basis) {

    /** Nearly the best {@code rank} directions; fewer if the matrix is smaller. */
    static Projection of(float[] matrix, int rows, int columns, int rank, int iterations) {
        int directions = Math.min(rank, Math.min(rows, columns));
        float[] basis = new float[directions * columns];
        for (int i = 0; i < basis.length; i++) {
            // Some directions to begin with; any will do that none of the matrix is likely to be orthogonal to.
            basis[i] = (float) Math.cos(1 + i * 2.399963);
        }
        orthonormalize(basis, directions, columns);
        for (int i = 0; i < iterations; i++) {
            float[] images = coefficients(matrix, rows, columns, basis, directions);
            basis = combinations(matrix, rows, columns, images, directions);
            orthonormalize(basis, directions, columns);
        }
        Bfloat16Rows rounded = Bfloat16Rows.nearest(basis, directions, columns);
        rounded.decode(0, directions, basis, 0);
        float[] coefficients = coefficients(matrix, rows, columns, basis, directions);
        return new Projection(Bfloat16Rows.nearest(coefficients, rows, directions), rounded);
    }

    private static float[] coefficients(float[] matrix, int rows, int columns, float[] basis, int directions) {
        float[] found = new float[rows * directions];
        for (int i = 0; i < found.length; i++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                sum += (double) matrix[i / directions * columns + c] * basis[i % directions * columns + c];
            }
            found[i] = (float) sum;
        }
        return found;
    }

    private static float[] combinations(float[] matrix, int rows, int columns, float[] images, int directions) {
        float[] found = new float[directions * columns];
        for (int r = 0; r < rows; r++) {
            for (int d = 0; d < directions; d++) {
                float factor = images[r * directions + d];
                for (int c = 0; c < columns; c++) {
                    found[d * columns + c] += factor * matrix[r * columns + c];
                }
            }
        }
        return found;
    }

    /** Gram-Schmidt; a direction that the ones before it already span becomes zero. */
    private static void orthonormalize(float[] basis, int directions, int columns) {
        for (int d = 0; d < directions; d++) {
            double before = Math.sqrt(dot(basis, d, d, columns));
            for (int e = 0; e < d; e++) {
                double shared = dot(basis, d, e, columns);
                for (int c = 0; c < columns; c++) {
                    basis[d * columns + c] -= (float) (shared * basis[e * columns + c]);
                }
            }
            double length = Math.sqrt(dot(basis, d, d, columns));
            for (int c = 0; c < columns; c++) {
                basis[d * columns + c] = length > before * 1e-4 ? (float) (basis[d * columns + c] / length) : 0;
            }
        }
    }

    private static double dot(float[] basis, int a, int b, int columns) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum += (double) basis[a * columns + c] * basis[b * columns + c];
        }
        return sum;
    }
}
