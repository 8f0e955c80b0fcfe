package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.exp2;
import static io.packcache.kvcache.compute.vector.Lanes.larger;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.internal.HostTensor;
import jdk.incubator.vector.FloatVector;

/** {@code silu(gate) * up}, value by value. */
final class GatedUnit implements WorkerPool.Work {

    private float[] gate;
    private float[] up;
    private float[] out;
    private int columns;

    void apply(WorkerPool pool, HostTensor gates, HostTensor ups, int rows, HostTensor to) {
        gate = gates.data();
        up = ups.data();
        out = to.data();
        columns = gates.columns();
        pool.run(this, rows, Lanes.rowsPerChunk(columns));
    }

    @Override
    public void run(int from, int to, int worker) {
        apply(gate, up, out, from * columns, to * columns);
    }

    private static void apply(float[] gate, float[] up, float[] out, int from, int to) {
        int i = from;
        for (; i + LANES <= to; i += LANES) {
            FloatVector g = load(gate, i);
            // Below -87 the power would leave the range of float; silu is 0 there to 36 digits.
            FloatVector e = exp2(larger(g, all(-87)).mul(-Lanes.LOG2_E));
            g.div(e.add(1)).mul(load(up, i)).intoArray(out, i);
        }
        for (; i < to; i++) {
            out[i] = (float) (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
        }
    }
}
