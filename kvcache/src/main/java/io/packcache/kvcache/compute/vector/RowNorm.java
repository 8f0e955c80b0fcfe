package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;
import static io.packcache.kvcache.compute.vector.Lanes.total;

import io.packcache.kvcache.compute.internal.HostTensor;
import jdk.incubator.vector.FloatVector;

/** Root mean square norm over whole rows. */
final class RowNorm implements WorkerPool.Work {

    private float[] x;
    private float[] weight;
    private float[] y;
    private int columns;
    private float epsilon;

    void normalize(WorkerPool pool, HostTensor from, int rows, HostTensor by, float eps, HostTensor to) {
        x = from.data();
        weight = by.data();
        y = to.data();
        columns = from.columns();
        epsilon = eps;
        pool.run(this, rows, Lanes.rowsPerChunk(columns));
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int r = from; r < to; r++) {
            float scale = (float) (1 / Math.sqrt(sumOfSquares(x, r * columns, columns) / columns + epsilon));
            scale(x, r * columns, columns, scale, weight, y);
        }
    }

    private static float sumOfSquares(float[] x, int at, int count) {
        FloatVector even = all(0);
        FloatVector odd = all(0);
        int c = 0;
        for (; c + Lanes.PANEL <= count; c += Lanes.PANEL) {
            FloatVector a = load(x, at + c);
            FloatVector b = load(x, at + c + LANES);
            even = a.fma(a, even);
            odd = b.fma(b, odd);
        }
        float sum = total(even) + total(odd);
        for (; c < count; c++) {
            sum += x[at + c] * x[at + c];
        }
        return sum;
    }

    private static void scale(float[] x, int at, int count, float scale, float[] weight, float[] y) {
        int c = 0;
        for (; c + LANES <= count; c += LANES) {
            load(x, at + c).mul(scale).mul(load(weight, c)).intoArray(y, at + c);
        }
        for (; c < count; c++) {
            y[at + c] = x[at + c] * scale * weight[c];
        }
    }
}
