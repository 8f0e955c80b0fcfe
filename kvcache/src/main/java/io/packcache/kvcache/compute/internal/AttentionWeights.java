package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Page;
import java.util.Arrays;

/** How some queries divide their attention among the rows of a cell, computed on the host from rows that are read in portions. */
final class AttentionWeights {

    private static final int CHUNK = 128;

    private final CellRows cell;
    private final int size;
    private final int queries;
    private final float[] transposed; // head size x queries, scaled
    private final float[] weights; // rows x queries

    AttentionWeights(float[] rows, int queries, CellRows cell, float[] weights) {
        this.cell = cell;
        this.size = cell.keys().columns();
        this.queries = queries;
        this.transposed = new float[size * queries];
        this.weights = weights;
        float scale = (float) (1 / Math.sqrt(size));
        for (int query = 0; query < queries; query++) {
            for (int channel = 0; channel < size; channel++) {
                transposed[channel * queries + query] = rows[query * size + channel] * scale;
            }
        }
    }

    void compute() {
        Arrays.fill(weights, 0, Math.multiplyExact(cell.rows(), queries), 0);
        scoreRaw();
        int first = cell.count();
        for (Page page : cell.pages()) {
            scorePage(page, first);
            first += page.rows();
        }
        softmax(cell.rows() * queries);
    }

    private void scoreRaw() {
        float[] keys = new float[CHUNK * size];
        for (int first = 0; first < cell.count(); first += CHUNK) {
            int count = Math.min(CHUNK, cell.count() - first);
            cell.keys().read(first, keys, 0, count);
            score(keys, count, first);
        }
        addBias(cell.bias(), 0, cell.count());
    }

    private void scorePage(Page page, int at) {
        float[] keys = new float[CHUNK * size];
        for (int first = 0; first < page.rows(); first += CHUNK) {
            int count = Math.min(CHUNK, page.rows() - first);
            page.decodeKeys(first, count, keys);
            score(keys, count, at + first);
        }
        addBias(page.bias(), at, page.rows());
    }

    private void score(float[] keys, int count, int firstRow) {
        for (int row = 0; row < count; row++) {
            int at = (firstRow + row) * queries;
            for (int channel = 0; channel < size; channel++) {
                float key = keys[row * size + channel];
                int from = channel * queries;
                for (int query = 0; query < queries; query++) {
                    weights[at + query] += key * transposed[from + query];
                }
            }
        }
    }

    private void addBias(float[] bias, int firstRow, int rows) {
        for (int row = 0; bias != null && row < rows; row++) {
            int at = (firstRow + row) * queries;
            for (int query = 0; query < queries; query++) {
                weights[at + query] += bias[row];
            }
        }
    }

    private void softmax(int count) {
        float[] most = new float[queries];
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < count; i++) {
            most[i % queries] = Math.max(most[i % queries], weights[i]);
        }
        double[] sums = new double[queries];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) Math.exp(weights[i] - most[i % queries]);
            sums[i % queries] += weights[i];
        }
        for (int i = 0; i < count; i++) {
            weights[i] /= (float) sums[i % queries];
        }
    }
}
