package io.packcache.kvcache.codec;

import java.util.Arrays;

/**
 * Means of rows that lie close together (Lloyd's iteration), without chance: it begins with rows taken evenly.
 */
final class KMeans {

    private final float[] rows;
    private final int count;
    private final int columns;
    private final int clusters;

    /** Shape (columns, clusters), so that all distances of a row grow side by side. */
    private final float[] turned;

    private final float[] halfSquares;
    private final float[] distances;

    KMeans(float[] rows, int count, int columns, int clusters) {
        this.rows = rows;
        this.count = count;
        this.columns = columns;
        this.clusters = clusters;
        this.turned = new float[columns * clusters];
        this.halfSquares = new float[clusters];
        this.distances = new float[clusters];
    }

    /** Centroids of shape (clusters, columns). A cluster that loses all its rows keeps its last mean. */
    float[] centroids(int iterations) {
        float[] means = new float[clusters * columns];
        for (int k = 0; k < clusters; k++) {
            int row = (int) ((2L * k + 1) * count / (2L * clusters));
            System.arraycopy(rows, row * columns, means, k * columns, columns);
        }
        for (int i = 0; i < iterations; i++) {
            move(means, nearest(means));
        }
        return means;
    }

    /** For each row the nearest of the given centroids, as unsigned bytes; of several equally near the first. */
    byte[] nearest(float[] centroids) {
        turn(centroids);
        byte[] ids = new byte[count];
        for (int r = 0; r < count; r++) {
            ids[r] = (byte) nearest(r);
        }
        return ids;
    }

    private void turn(float[] centroids) {
        Arrays.fill(halfSquares, 0);
        for (int k = 0; k < clusters; k++) {
            for (int c = 0; c < columns; c++) {
                float value = centroids[k * columns + c];
                turned[c * clusters + k] = value;
                halfSquares[k] += value * value / 2;
            }
        }
    }

    /** |x - c|^2 / 2 without the part that all centroids share. */
    private int nearest(int row) {
        System.arraycopy(halfSquares, 0, distances, 0, clusters);
        for (int c = 0; c < columns; c++) {
            float value = rows[row * columns + c];
            for (int k = 0; k < clusters; k++) {
                distances[k] -= value * turned[c * clusters + k];
            }
        }
        int best = 0;
        for (int k = 1; k < clusters; k++) {
            if (distances[k] < distances[best]) {
                best = k;
            }
        }
        return best;
    }

    private void move(float[] means, byte[] ids) {
        double[] sums = new double[means.length];
        int[] members = new int[clusters];
        for (int r = 0; r < count; r++) {
            int k = ids[r] & 0xFF;
            members[k]++;
            for (int c = 0; c < columns; c++) {
                sums[k * columns + c] += rows[r * columns + c];
            }
        }
        for (int i = 0; i < means.length; i++) {
            if (members[i / columns] > 0) {
                means[i] = (float) (sums[i] / members[i / columns]);
            }
        }
    }
}
