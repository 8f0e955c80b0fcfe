package io.packcache.examples.bench;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import java.util.SplittableRandom;

/** Random inputs that are the same in every run. */
final class Numbers {

    private Numbers() {}

    /** Uniform in -1 to 1. */
    static float[] uniform(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = 2 * random.nextFloat() - 1;
        }
        return numbers;
    }

    static Tensor tensor(Backend backend, int rows, int columns, long seed) {
        Tensor tensor = backend.allocate(rows, columns);
        tensor.write(0, uniform(rows * columns, seed), 0, rows);
        return tensor;
    }
}
