package io.packcache.examples.checkpoint;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.Arrays;

/** How fast this machine multiplies with a backend, measured for about a second. */
final class MachineSpeed {

    /** Rows beyond these make a product no faster. */
    static final int MANY_ROWS = 384;

    private static final int INPUTS = 1024;

    /** Enough outputs that no cache of the processor holds the matrix, as it holds no model. */
    private static final int OUTPUTS = 48 << 10;

    /** A piece of the matrix that is large enough to keep all threads busy with many rows. */
    private static final int OUTPUTS_OF_MANY_ROWS = 1024;

    private static final long NANOS = 400_000_000;

    private MachineSpeed() {}

    /**
     * Operations a second of a large product.
     *
     * @param format of the weights
     * @param rows that share a product: of few rows, the memory decides how fast it is
     */
    static double operationsPerSecond(Backend backend, NumberFormat format, int rows) {
        int count = Math.min(MANY_ROWS, rows);
        int outputs = count < MANY_ROWS ? OUTPUTS : OUTPUTS_OF_MANY_ROWS;
        Weights weights = backend.pack(new Zeros(outputs, INPUTS, format), null);
        Tensor x = backend.allocate(count, INPUTS);
        Tensor y = backend.allocate(count, outputs);
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
            backend.multiply(x, 0, x.rows(), weights, y);
            count++;
        }
        double operations = 2.0 * count * x.rows() * weights.inputs() * weights.outputs();
        return operations / ((System.nanoTime() - began) / 1e9);
    }

    private record Zeros(int outputs, int inputs, NumberFormat format) implements MatrixSource {
        @Override
        public void read(int firstRow, int count, float[] target) {
            Arrays.fill(target, 0, count * inputs, 0);
        }
    }
}
