package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.internal.HostTensor;

/** {@code target += x}, value by value. */
final class Sum implements WorkerPool.Work {

    private float[] x;
    private float[] target;
    private int columns;

    void add(WorkerPool pool, HostTensor from, int rows, HostTensor to) {
        x = from.data();
        target = to.data();
        columns = from.columns();
        pool.run(this, rows, Lanes.rowsPerChunk(columns));
    }

    @Override
    public void run(int from, int to, int worker) {
        add(x, target, from * columns, to * columns);
    }

    private static void add(float[] x, float[] target, int from, int to) {
        int i = from;
        for (; i + LANES <= to; i += LANES) {
            load(target, i).add(load(x, i)).intoArray(target, i);
        }
        for (; i < to; i++) {
            target[i] += x[i];
        }
    }
}
