package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.internal.HostTensor;
import jdk.incubator.vector.FloatVector;

/** Rotates channel pairs (j, j + d/2) of every head of a row by that row's angles, in place. */
final class Rotation implements WorkerPool.Work {

    private float[] x;
    private float[] cos;
    private float[] sin;
    private int heads;
    private int half;

    void rotate(WorkerPool pool, HostTensor in, int rows, int headCount, HostTensor cosines, HostTensor sines) {
        x = in.data();
        cos = cosines.data();
        sin = sines.data();
        heads = headCount;
        half = cosines.columns();
        pool.run(this, rows, Lanes.rowsPerChunk(in.columns()));
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int i = from * heads; i < to * heads; i++) {
            rotate(x, i * 2 * half, half, cos, sin, i / heads * half);
        }
    }

    private static void rotate(float[] x, int at, int half, float[] cos, float[] sin, int angle) {
        int j = 0;
        for (; j + LANES <= half; j += LANES) {
            FloatVector a = load(x, at + j);
            FloatVector b = load(x, at + half + j);
            FloatVector c = load(cos, angle + j);
            FloatVector s = load(sin, angle + j);
            a.mul(c).sub(b.mul(s)).intoArray(x, at + j);
            b.mul(c).add(a.mul(s)).intoArray(x, at + half + j);
        }
        for (; j < half; j++) {
            float a = x[at + j];
            float b = x[at + half + j];
            x[at + j] = a * cos[angle + j] - b * sin[angle + j];
            x[at + half + j] = b * cos[angle + j] + a * sin[angle + j];
        }
    }
}
