package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import jdk.incubator.vector.FloatVector;

/** The second product of attention: values times weights, added to what a panel has gathered. */
final class WeightedValues {

    /** Channels whose sums over values are kept in registers at once. */
    private static final int CHANNELS = 4;

    private WeightedValues() {}

    /**
     * {@code out = out * shrink + sum over t of values[t] * weights[t]} for each channel.
     *
     * @param values shape (count, size) from {@code at} on
     * @param weights shape (count + 1, PANEL); the last row says by how much the old sums shrink
     * @param out shape (size, PANEL)
     */
    static void add(float[] values, int at, int size, float[] weights, int count, float[] out) {
        int c = 0;
        for (; c + CHANNELS <= size; c += CHANNELS) {
            addFourChannels(values, at + c, size, weights, count, out, c * PANEL);
        }
        for (; c < size; c++) {
            addOneChannel(values, at + c, size, weights, count, out, c * PANEL);
        }
    }

    private static void addFourChannels(
            float[] values, int at, int stride, float[] weights, int count, float[] out, int to) {
        FloatVector s00 = all(0);
        FloatVector s01 = all(0);
        FloatVector s10 = all(0);
        FloatVector s11 = all(0);
        FloatVector s20 = all(0);
        FloatVector s21 = all(0);
        FloatVector s30 = all(0);
        FloatVector s31 = all(0);
        for (int t = 0; t < count; t++) {
            int v = at + t * stride;
            FloatVector w0 = load(weights, t * PANEL);
            FloatVector w1 = load(weights, t * PANEL + LANES);
            FloatVector v0 = all(values[v]);
            s00 = v0.fma(w0, s00);
            s01 = v0.fma(w1, s01);
            FloatVector v1 = all(values[v + 1]);
            s10 = v1.fma(w0, s10);
            s11 = v1.fma(w1, s11);
            FloatVector v2 = all(values[v + 2]);
            s20 = v2.fma(w0, s20);
            s21 = v2.fma(w1, s21);
            FloatVector v3 = all(values[v + 3]);
            s30 = v3.fma(w0, s30);
            s31 = v3.fma(w1, s31);
        }
        FloatVector shrink0 = load(weights, count * PANEL);
        FloatVector shrink1 = load(weights, count * PANEL + LANES);
        load(out, to).fma(shrink0, s00).intoArray(out, to);
        load(out, to + LANES).fma(shrink1, s01).intoArray(out, to + LANES);
        load(out, to + PANEL).fma(shrink0, s10).intoArray(out, to + PANEL);
        load(out, to + PANEL + LANES).fma(shrink1, s11).intoArray(out, to + PANEL + LANES);
        load(out, to + 2 * PANEL).fma(shrink0, s20).intoArray(out, to + 2 * PANEL);
        load(out, to + 2 * PANEL + LANES).fma(shrink1, s21).intoArray(out, to + 2 * PANEL + LANES);
        load(out, to + 3 * PANEL).fma(shrink0, s30).intoArray(out, to + 3 * PANEL);
        load(out, to + 3 * PANEL + LANES).fma(shrink1, s31).intoArray(out, to + 3 * PANEL + LANES);
    }

    /** For head sizes that are no multiple of four. */
    private static void addOneChannel(
            float[] values, int at, int stride, float[] weights, int count, float[] out, int to) {
        for (int lane = 0; lane < PANEL; lane++) {
            out[to + lane] *= weights[count * PANEL + lane];
        }
        for (int t = 0; t < count; t++) {
            float value = values[at + t * stride];
            for (int lane = 0; lane < PANEL; lane++) {
                out[to + lane] += value * weights[t * PANEL + lane];
            }
        }
    }
}
