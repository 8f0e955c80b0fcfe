package io.packcache.kvcache.policy.score;

/** Arithmetic on rows of packed arrays, in double precision. */
public final class Vectors {

    private Vectors() {}

    /** Inner product of row {@code i} of {@code a} and row {@code j} of {@code b}. */
    public static double dot(float[] a, int i, float[] b, int j, int size) {
        double sum = 0;
        for (int c = 0; c < size; c++) {
            sum += (double) a[i * size + c] * b[j * size + c];
        }
        return sum;
    }

    /** Length of row {@code i}. */
    public static double norm(float[] rows, int i, int size) {
        return Math.sqrt(dot(rows, i, rows, i, size));
    }

    /** Cosine of the angle between two rows; 0 if one of them is zero. */
    public static double cosine(float[] a, int i, float[] b, int j, int size) {
        double norms = norm(a, i, size) * norm(b, j, size);
        return norms == 0 ? 0 : dot(a, i, b, j, size) / norms;
    }

    /** A copy with every row at length 1; zero rows stay zero. */
    public static float[] unit(float[] rows, int size) {
        float[] unit = rows.clone();
        for (int i = 0; i < rows.length / size; i++) {
            double norm = norm(rows, i, size);
            for (int c = i * size; norm > 0 && c < (i + 1) * size; c++) {
                unit[c] = (float) (rows[c] / norm);
            }
        }
        return unit;
    }

    /** Sum of all rows. */
    public static double[] sum(float[] rows, int size) {
        double[] sum = new double[size];
        for (int at = 0; at < rows.length; at++) {
            sum[at % size] += rows[at];
        }
        return sum;
    }

    /** {@code softmax(x)} of all numbers from {@code from} to {@code to - 1}, in place. */
    public static void softmax(double[] x, int from, int to) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            x[i] = Math.exp(x[i] - max);
            sum += x[i];
        }
        for (int i = from; i < to; i++) {
            x[i] /= sum;
        }
    }
}
