package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.internal.HostTensor;
import java.util.Arrays;

/**
 * Attention as one would write it down, save that rows pass in blocks, so that encoded ones are never decoded all at once:
 * a running maximum and sum per query keep the softmax right (arXiv 1805.02867).
 */
final class PlainAttention {

    /** Rows of a page that are decoded at a time. */
    private static final int DECODED_ROWS = 64;

    private float[] largest = new float[0];
    private double[] sums = new double[0];
    private float[] scores = new float[DECODED_ROWS];
    private float[] keys = new float[0];
    private float[] values = new float[0];

    private Attention call;
    private int size;
    private int headsPerKey;

    void attend(Attention attention) {
        call = attention;
        size = attention.queries().columns() / attention.heads();
        headsPerKey = attention.heads() / attention.cells().length;
        reserve(headsPerKey * attention.rows());
        for (int h = 0; h < attention.cells().length; h++) {
            attendCell(h, attention.cells()[h]);
        }
        call = null;
    }

    private void reserve(int queries) {
        if (sums.length < queries) {
            largest = new float[queries];
            sums = new double[queries];
        }
        if (keys.length != DECODED_ROWS * size) {
            keys = new float[DECODED_ROWS * size];
            values = new float[DECODED_ROWS * size];
        }
        for (CellRows cell : call.cells()) {
            if (scores.length < cell.count()) {
                scores = new float[cell.count()];
            }
        }
    }

    private void attendCell(int keyHead, CellRows cell) {
        Arrays.fill(largest, Float.NEGATIVE_INFINITY);
        Arrays.fill(sums, 0);
        for (int q = 0; q < headsPerKey * call.rows(); q++) {
            int at = offset(keyHead, q);
            Arrays.fill(data(call.output()), at, at + size, 0);
        }
        for (int p = 0; p < cell.pages().size(); p++) {
            attendPage(keyHead, cell.pages().get(p));
        }
        for (int q = 0; q < headsPerKey * call.rows(); q++) {
            int visible = call.visible(q % call.rows(), keyHead);
            attendBlock(keyHead, q, data(cell.keys()), data(cell.values()), visible, cell.bias(), 0);
            divide(offset(keyHead, q), sums[q]);
        }
    }

    private void attendPage(int keyHead, Page page) {
        for (int first = 0; first < page.rows(); first += DECODED_ROWS) {
            int count = Math.min(DECODED_ROWS, page.rows() - first);
            page.decodeKeys(first, count, keys);
            page.values().decode(first, count, values, 0);
            for (int q = 0; q < headsPerKey * call.rows(); q++) {
                attendBlock(keyHead, q, keys, values, count, page.bias(), first);
            }
        }
    }

    /** Where query number {@code q} of a KV head lies in queries and output. */
    private int offset(int keyHead, int q) {
        int head = keyHead * headsPerKey + q / call.rows();
        return ((call.firstRow() + q % call.rows()) * call.heads() + head) * size;
    }

    private void attendBlock(
            int keyHead, int q, float[] blockKeys, float[] blockValues, int count, float[] bias, int biasAt) {
        int at = offset(keyHead, q);
        float[] output = data(call.output());
        float before = largest[q];
        score(at, blockKeys, count, bias, biasAt);
        for (int t = 0; t < count; t++) {
            largest[q] = Math.max(largest[q], scores[t]);
        }
        double shrink = Math.exp(before - largest[q]);
        sums[q] *= shrink;
        for (int c = 0; c < size; c++) {
            output[at + c] *= (float) shrink;
        }
        for (int t = 0; t < count; t++) {
            float weight = (float) Math.exp(scores[t] - largest[q]);
            sums[q] += weight;
            for (int c = 0; c < size; c++) {
                output[at + c] += weight * blockValues[t * size + c];
            }
        }
    }

    private void score(int at, float[] blockKeys, int count, float[] bias, int biasAt) {
        double scale = 1 / Math.sqrt(size);
        float[] queries = data(call.queries());
        for (int t = 0; t < count; t++) {
            float score = (float) (dot(queries, at, blockKeys, t * size, size) * scale);
            scores[t] = bias == null ? score : score + bias[biasAt + t];
        }
    }

    private void divide(int at, double sum) {
        float[] output = data(call.output());
        for (int c = 0; c < size; c++) {
            output[at + c] = (float) (output[at + c] / sum);
        }
    }

    /** Two sums side by side, because one would wait for itself at every step. */
    private static float dot(float[] a, int aAt, float[] b, int bAt, int count) {
        float even = 0;
        float odd = 0;
        int i = 0;
        for (; i + 1 < count; i += 2) {
            even += a[aAt + i] * b[bAt + i];
            odd += a[aAt + i + 1] * b[bAt + i + 1];
        }
        return i < count ? even + odd + a[aAt + i] * b[bAt + i] : even + odd;
    }

    private static float[] data(Tensor tensor) {
        return ((HostTensor) tensor).data();
    }
}
