package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import jdk.incubator.vector.FloatVector;

/** Adds the product of a tall thin matrix and a flat one to some columns of decoded rows. */
final class ThinProduct {

    private ThinProduct() {}

    /**
     * {@code target[r][c] += sum over k of left[r][k] * right[k][c]}.
     *
     * @param left shape (rows, depth)
     * @param right shape (depth, columns)
     * @param target row r begins at {@code to + r * stride}
     */
    static void add(float[] left, int rows, int depth, float[] right, int columns, float[] target, int to, int stride) {
        for (int r = 0; r < rows; r += 4) {
            int last = Math.min(4, rows - r) - 1;
            for (int k = 0; k < depth; k++) {
                addFourRows(
                        left, r * depth + k, depth, last, right, k * columns, columns, target, to + r * stride, stride);
            }
        }
    }

    /**
     * One row of the right side, scaled, to each of four rows; a row beyond the last gets nothing. Sums stay in memory: carried
     * around the loop over k they would become objects.
     */
    private static void addFourRows(
            float[] left,
            int at,
            int depth,
            int last,
            float[] right,
            int from,
            int columns,
            float[] target,
            int to,
            int stride) {
        float w0 = left[at];
        float w1 = last >= 1 ? left[at + depth] : 0;
        float w2 = last >= 2 ? left[at + 2 * depth] : 0;
        float w3 = last >= 3 ? left[at + 3 * depth] : 0;
        int to1 = to + Math.min(1, last) * stride;
        int to2 = to + Math.min(2, last) * stride;
        int to3 = to + last * stride;
        int c = 0;
        for (; c <= columns - LANES; c += LANES) {
            FloatVector b = load(right, from + c);
            b.fma(all(w0), load(target, to + c)).intoArray(target, to + c);
            b.fma(all(w1), load(target, to1 + c)).intoArray(target, to1 + c);
            b.fma(all(w2), load(target, to2 + c)).intoArray(target, to2 + c);
            b.fma(all(w3), load(target, to3 + c)).intoArray(target, to3 + c);
        }
        for (; c < columns; c++) {
            float b = right[from + c];
            target[to + c] += w0 * b;
            target[to1 + c] += w1 * b;
            target[to2 + c] += w2 * b;
            target[to3 + c] += w3 * b;
        }
    }
}
