package io.packcache.kvcache;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Signal;

/** Collects {@link Signal#VALUE_NORM}: reads every value row of some tokens once. */
final class ValueNorms {

    private ValueNorms() {}

    /**
     * @param values one tensor per layer and KV head, shape (capacity, head size)
     * @return for each row from {@code first} to {@code end - 1} the mean length of its value vectors
     */
    static float[] of(Tensor[][] values, int first, int end) {
        float[] norms = new float[end - first];
        int vectors = 0;
        for (Tensor[] heads : values) {
            for (Tensor head : heads) {
                add(head, first, norms);
                vectors++;
            }
        }
        for (int row = 0; row < norms.length; row++) {
            norms[row] /= vectors;
        }
        return norms;
    }

    private static void add(Tensor head, int first, float[] norms) {
        int size = head.columns();
        float[] rows = new float[norms.length * size];
        head.read(first, rows, 0, norms.length);
        for (int row = 0; row < norms.length; row++) {
            double squares = 0;
            for (int at = row * size; at < (row + 1) * size; at++) {
                squares += (double) rows[at] * rows[at];
            }
            norms[row] += (float) Math.sqrt(squares);
        }
    }
}
