package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.Arrays;

/**
 * Calls every kernel so often, on the smallest shapes that reach its vectors, that the JVM compiles it.
 *
 * <p>A kernel that is not compiled yet makes an object of every vector and takes a thousand times as long. A JVM compiles
 * what is called often, however little each call does: so a frame's worth of real work spends seconds in the interpreter
 * where this spends tenths.
 */
final class WarmUp {

    /**
     * Enough calls for the optimising compiler to take every kernel, if it takes them after a fiftieth of the usual number as
     * the launcher has it; what is called more often meanwhile only takes time from the compiler.
     */
    private static final int ROUNDS = 400;

    private static final int ROWS = Tile.ROWS;
    private static final int WIDTH = PANEL;

    private final Backend backend;
    private final Tensor x;
    private final Tensor y;
    private final Tensor halves;
    private final Tensor thin;
    private final Tensor weight;
    private final Weights weights;
    private final Weights narrow;
    private final Attention attention;
    private final float[] uniforms = {0.5f};
    private final int[] columns = new int[1];
    private final float[] probabilities = new float[1];

    /** @param backend nobody else uses it */
    WarmUp(Backend backend) {
        this.backend = backend;
        x = backend.allocate(ROWS, WIDTH);
        y = backend.allocate(ROWS, WIDTH);
        halves = backend.allocate(ROWS, WIDTH / 2);
        thin = backend.allocate(ROWS, 1);
        weight = backend.allocate(1, WIDTH);
        weights = backend.pack(new float[WIDTH], WIDTH, 1, null);
        narrow = backend.pack(new Zeros(), null);
        attention = new Attention(x, 0, ROWS, 1, new CellRows[] {new CellRows(x, x, ROWS)}, null, y);
    }

    /** A column of sixteen-bit zeros. */
    private record Zeros() implements MatrixSource {
        @Override
        public int outputs() {
            return WIDTH;
        }

        @Override
        public int inputs() {
            return 1;
        }

        @Override
        public NumberFormat format() {
            return NumberFormat.BFLOAT16;
        }

        @Override
        public void read(int firstRow, int count, float[] target) {
            Arrays.fill(target, 0, count, 0);
        }
    }

    /** Returns when all is done, or as soon as its thread is interrupted. */
    void run() {
        for (int round = 0; round < ROUNDS && !Thread.currentThread().isInterrupted(); round++) {
            backend.multiply(thin, 0, ROWS, weights, y);
            backend.multiply(thin, 0, ROWS, narrow, y);
            backend.attention(attention);
            backend.rmsNorm(x, 1, weight, 1, y);
            backend.headNorm(y, 1, 1, weight, weight, 1);
            backend.rotate(y, 1, 1, halves, halves);
            backend.swiGlu(x, y, 1, y);
            backend.add(x, 1, y);
            backend.sample(x, 0, null, 0, 1, 1, 1, uniforms, columns, probabilities);
        }
    }
}
