package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.larger;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.internal.HostTensor;

/** {@code silu(gate) * up}, value by value. */
final class GatedUnit implements WorkerPool.Work {

    /** Values exponentiated at once; a multiple of every panel. */
    private static final int BLOCK = 1024;

    private static final float[] ZEROS = new float[PANEL];

    private final WorkerPool pool;

    /** Per thread the powers of one block. */
    private final float[][] powers;

    private float[] gate;
    private float[] up;
    private float[] out;
    private int columns;

    GatedUnit(WorkerPool pool) {
        this.pool = pool;
        powers = new float[pool.threads()][BLOCK];
    }

    void apply(HostTensor gates, HostTensor ups, int rows, HostTensor to) {
        gate = gates.data();
        up = ups.data();
        out = to.data();
        columns = gates.columns();
        pool.run(this, rows, Lanes.rowsPerChunk(columns));
    }

    @Override
    public void run(int from, int to, int worker) {
        float[] e = powers[worker];
        for (int i = from * columns; i < to * columns; i += BLOCK) {
            int count = Math.min(BLOCK, to * columns - i);
            prepare(gate, i, count, e);
            Powers.exp2(e, 0, (count + PANEL - 1) / PANEL, ZEROS);
            combine(gate, up, out, i, count, e);
        }
    }

    /** Below -87 the power would leave the range of float; silu is 0 there to 36 digits. */
    private static void prepare(float[] gate, int at, int count, float[] e) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            larger(load(gate, at + i), all(-87)).mul(-Powers.LOG2_E).intoArray(e, i);
        }
        for (; i < count; i++) {
            e[i] = Math.max(gate[at + i], -87) * -Powers.LOG2_E;
        }
    }

    private static void combine(float[] gate, float[] up, float[] out, int at, int count, float[] e) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            load(gate, at + i).div(load(e, i).add(1)).mul(load(up, at + i)).intoArray(out, at + i);
        }
        for (; i < count; i++) {
            out[at + i] = gate[at + i] / (e[i] + 1) * up[at + i];
        }
    }
}
