package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.larger;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import jdk.incubator.vector.FloatVector;

/** Scores of one block of keys become weights, relative to the largest score seen so far. */
final class OnlineSoftmax {

    private OnlineSoftmax() {}

    /**
     * Turns scores into weights relative to the new maximum, and says by how much older sums must shrink.
     *
     * <p>The old maximum rides along as one more row of scores: its weight is that factor.
     *
     * @param scores shape (count + 1, PANEL), the last row free
     */
    static void apply(float[] scores, int count, Panel panel) {
        System.arraycopy(panel.largest, 0, scores, count * PANEL, PANEL);
        raiseLargest(scores, count, panel.largest);
        Powers.exp2(scores, 0, count + 1, panel.largest);
        addWeights(scores, count, panel.sums);
    }

    private static void raiseLargest(float[] scores, int count, float[] largest) {
        FloatVector max0 = load(scores, 0);
        FloatVector max1 = load(scores, LANES);
        for (int t = 1; t < count; t++) {
            max0 = larger(load(scores, t * PANEL), max0);
            max1 = larger(load(scores, t * PANEL + LANES), max1);
        }
        larger(load(largest, 0), max0).intoArray(largest, 0);
        larger(load(largest, LANES), max1).intoArray(largest, LANES);
    }

    private static void addWeights(float[] weights, int count, float[] sums) {
        FloatVector sum0 = all(0);
        FloatVector sum1 = all(0);
        for (int t = 0; t < count; t++) {
            sum0 = load(weights, t * PANEL).add(sum0);
            sum1 = load(weights, t * PANEL + LANES).add(sum1);
        }
        load(sums, 0).fma(load(weights, count * PANEL), sum0).intoArray(sums, 0);
        load(sums, LANES).fma(load(weights, count * PANEL + LANES), sum1).intoArray(sums, LANES);
    }
}
