package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.rows.Hadamard;
import jdk.incubator.vector.FloatVector;

/**
 * Brings a panel into the basis in which a page was encoded, so that the page need not leave it.
 *
 * <p>Keys that have moved since are met by queries turned the other way ({@code q . Rk = R'q . k}), and mixed keys by mixed
 * queries. Sums over mixed values are gathered mixed. A few operations per query instead of as many per key.
 */
final class Basis {

    private Basis() {}

    /** Sets the queries its keys meet, and mixes the output where the values of the page are mixed. */
    static void enter(Panel panel, int size, Page page, boolean mixedKeys, boolean mixedValues) {
        boolean turns = page.cos() != null;
        panel.met = turns || mixedKeys ? copyOfQueries(panel) : panel.queries;
        if (turns) {
            turnBack(panel.met, size / 2, page.cos(), page.sin());
        }
        if (mixedKeys) {
            mix(panel.met, size);
        }
        if (mixedValues) {
            mix(panel.output, size);
        }
    }

    private static float[] copyOfQueries(Panel panel) {
        if (panel.turned.length != panel.queries.length) {
            panel.turned = new float[panel.queries.length];
        }
        System.arraycopy(panel.queries, 0, panel.turned, 0, panel.queries.length);
        return panel.turned;
    }

    /** Turns the pairs (j, j + half) of all lanes by the opposite of the given angles. */
    private static void turnBack(float[] x, int half, float[] cos, float[] sin) {
        for (int j = 0; j < half; j++) {
            turnBack(x, j * PANEL, (j + half) * PANEL, cos[j], sin[j]);
            turnBack(x, j * PANEL + LANES, (j + half) * PANEL + LANES, cos[j], sin[j]);
        }
    }

    private static void turnBack(float[] x, int first, int second, float cos, float sin) {
        FloatVector a = load(x, first);
        FloatVector b = load(x, second);
        a.mul(all(cos)).add(b.mul(all(sin))).intoArray(x, first);
        b.mul(all(cos)).sub(a.mul(all(sin))).intoArray(x, second);
    }

    /** The {@link Hadamard} transform over the channels of all lanes; it is its own inverse. */
    static void mix(float[] x, int size) {
        int block = Hadamard.block(size);
        float scale = (float) (1 / Math.sqrt(block));
        for (int half = 1; half < block; half *= 2) {
            float factor = half == 1 ? scale : 1;
            for (int first = 0; first < size; first += 2 * half) {
                for (int c = first; c < first + half; c++) {
                    butterfly(x, c * PANEL, (c + half) * PANEL, factor);
                    butterfly(x, c * PANEL + LANES, (c + half) * PANEL + LANES, factor);
                }
            }
        }
    }

    private static void butterfly(float[] x, int first, int second, float factor) {
        FloatVector a = load(x, first).mul(all(factor));
        FloatVector b = load(x, second).mul(all(factor));
        a.add(b).intoArray(x, first);
        a.sub(b).intoArray(x, second);
    }
}
