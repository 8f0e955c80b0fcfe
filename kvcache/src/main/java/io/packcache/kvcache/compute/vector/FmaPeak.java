package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.all;

import jdk.incubator.vector.FloatVector;

/** The rate no kernel can beat: multiply-adds on registers alone, as fast as this JVM and this machine do them. */
final class FmaPeak implements WorkerPool.Work {

    private static final int CHAINS = 12;

    /** Short, so that the method is called often: a loop that is compiled while it runs keeps its vectors in memory. */
    private static final int STEPS = 1_000;

    private static final int PIECES = 1_000;
    private static final int RUNS = 100;

    private final float[] results = new float[PIECES];

    /** The best of many runs, in GFLOP/s over all threads of the pool. */
    double gigaflops(WorkerPool pool) {
        double best = 0;
        for (int run = 0; run < RUNS; run++) {
            long began = System.nanoTime();
            pool.run(this, PIECES, 50);
            double operations = 2.0 * CHAINS * LANES * STEPS * PIECES;
            best = Math.max(best, operations / (System.nanoTime() - began));
        }
        return best;
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int piece = from; piece < to; piece++) {
            results[piece] = chains(1 - 1e-7f * piece, 1e-9f);
        }
    }

    /** As many independent chains as hide the latency of one multiply-add; their sum is kept so that none is left out. */
    private static float chains(float factor, float term) {
        FloatVector m = all(factor);
        FloatVector t = all(term);
        FloatVector a = all(1);
        FloatVector b = all(2);
        FloatVector c = all(3);
        FloatVector d = all(4);
        FloatVector e = all(5);
        FloatVector f = all(6);
        FloatVector g = all(7);
        FloatVector h = all(8);
        FloatVector i = all(9);
        FloatVector j = all(10);
        FloatVector k = all(11);
        FloatVector l = all(12);
        for (int step = 0; step < STEPS; step++) {
            a = m.fma(t, a);
            b = m.fma(t, b);
            c = m.fma(t, c);
            d = m.fma(t, d);
            e = m.fma(t, e);
            f = m.fma(t, f);
            g = m.fma(t, g);
            h = m.fma(t, h);
            i = m.fma(t, i);
            j = m.fma(t, j);
            k = m.fma(t, k);
            l = m.fma(t, l);
        }
        FloatVector sum = all(0).add(a)
                .add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l);
        return Lanes.total(sum);
    }
}
