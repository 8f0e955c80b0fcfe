package io.packcache.examples.checkpoint;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;

/** How fast this machine multiplies with a backend, measured for about a second. */
final class MachineSpeed {

    private static final int ROWS = 384;
    private static final int SIDE = 1024;
    private static final long NANOS = 400_000_000;

    private MachineSpeed() {}

    /** Operations a second of a large product. */
    static double operationsPerSecond(Backend backend) {
        Weights weights = backend.pack(new float[SIDE * SIDE], SIDE, SIDE, null);
        Tensor x = backend.allocate(ROWS, SIDE);
        Tensor y = backend.allocate(ROWS, SIDE);
        try {
            double best = 0;
            for (int round = 0; round < 3; round++) { // the first warms the compiler up
                best = Math.max(best, rate(backend, x, weights, y));
            }
            return best;
        } finally {
            x.close();
            y.close();
            weights.close();
        }
    }

    private static double rate(Backend backend, Tensor x, Weights weights, Tensor y) {
        long began = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - began < NANOS) {
            backend.multiply(x, 0, ROWS, weights, y);
            count++;
        }
        return 2.0 * count * ROWS * SIDE * SIDE / ((System.nanoTime() - began) / 1e9);
    }
}
