package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;
import static io.packcache.kvcache.compute.vector.Lanes.total;

import io.packcache.kvcache.compute.internal.HostTensor;
import jdk.incubator.vector.FloatVector;

/** LayerNorm over each head, in place. */
final class HeadNorm implements WorkerPool.Work {

    private float[] x;
    private float[] weight;
    private float[] bias;
    private int heads;
    private int headsPerGroup;
    private int size;
    private float epsilon;

    void normalize(WorkerPool pool, HostTensor in, int rows, int headCount, HostTensor by, HostTensor plus, float eps) {
        x = in.data();
        weight = by.data();
        bias = plus.data();
        heads = headCount;
        headsPerGroup = headCount / by.rows();
        size = by.columns();
        epsilon = eps;
        pool.run(this, rows, Lanes.rowsPerChunk(in.columns()));
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int i = from * heads; i < to * heads; i++) {
            int at = i * size;
            float mean = sum(x, at, size) / size;
            float variance = sumOfSquares(x, at, size, mean) / size;
            float scale = (float) (1 / Math.sqrt(variance + epsilon));
            apply(x, at, size, mean, scale, weight, bias, i % heads / headsPerGroup * size);
        }
    }

    private static float sum(float[] x, int at, int count) {
        FloatVector sums = all(0);
        int c = 0;
        for (; c + LANES <= count; c += LANES) {
            sums = load(x, at + c).add(sums);
        }
        float sum = total(sums);
        for (; c < count; c++) {
            sum += x[at + c];
        }
        return sum;
    }

    private static float sumOfSquares(float[] x, int at, int count, float mean) {
        FloatVector sums = all(0);
        int c = 0;
        for (; c + LANES <= count; c += LANES) {
            FloatVector d = load(x, at + c).sub(mean);
            sums = d.fma(d, sums);
        }
        float sum = total(sums);
        for (; c < count; c++) {
            sum += (x[at + c] - mean) * (x[at + c] - mean);
        }
        return sum;
    }

    private static void apply(
            float[] x, int at, int count, float mean, float scale, float[] weight, float[] bias, int group) {
        int c = 0;
        for (; c + LANES <= count; c += LANES) {
            FloatVector normal = load(x, at + c).sub(mean).mul(scale);
            normal.fma(load(weight, group + c), load(bias, group + c)).intoArray(x, at + c);
        }
        for (; c < count; c++) {
            x[at + c] = (x[at + c] - mean) * scale * weight[group + c] + bias[group + c];
        }
    }
}
