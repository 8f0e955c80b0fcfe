package io.packcache.kvcache.policy;

import io.packcache.kvcache.FrameGrid;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Thins a frame to an even cover in two dimensions.
 *
 * <p>The held tokens are lined up along a Hilbert curve over the grid, cut into as many stretches of equal length as
 * tokens may stay, and the middle token of each stretch stays. A stretch of the curve is a compact patch, so every patch
 * of the frame keeps its part, whatever was held before; half of a whole frame is a checkerboard. Deterministic, and a
 * subset of what is held, so thinning again never brings a token back.
 *
 * <p>Row ends are content like codes, one column to the right of them, and are thinned at the same rate.
 */
final class EvenCover {

    /** Scores that nobody asked for. */
    static final float[] UNSCORED = {};

    private EvenCover() {}

    /** The {@code count} tokens that stay of {@code held}; all if it holds no more. */
    static BitSet thin(FrameGrid grid, BitSet held, int count) {
        return thin(grid, held, count, UNSCORED);
    }

    /** The same; where there are scores, by content index, the highest of each stretch stays instead of its middle. */
    static BitSet thin(FrameGrid grid, BitSet held, int count, float[] scores) {
        int[] line = alongCurve(grid, held);
        if (count >= line.length) {
            return (BitSet) held.clone();
        }
        BitSet kept = new BitSet(grid.contentLength());
        for (long stretch = 0; stretch < count; stretch++) {
            int middle = (int) ((2 * stretch + 1) * line.length / (2L * count));
            int from = (int) (stretch * line.length / count);
            int to = (int) ((stretch + 1) * line.length / count);
            kept.set(scores.length == 0 ? line[middle] : highest(scores, line, from, to));
        }
        return kept;
    }

    private static int highest(float[] scores, int[] line, int from, int to) {
        int best = line[from];
        for (int i = from + 1; i < to; i++) {
            best = scores[line[i]] > scores[best] ? line[i] : best;
        }
        return best;
    }

    private static int[] alongCurve(FrameGrid grid, BitSet held) {
        int[] line = new int[held.cardinality()];
        int count = 0;
        for (int content : Curve.over(grid).order()) {
            if (held.get(content)) {
                line[count++] = content;
            }
        }
        return line;
    }

    /**
     * Content along a Hilbert curve.
     *
     * @param order content indices, all of the grid's
     */
    private record Curve(FrameGrid grid, int[] order) {

        /** The one asked for last; hardly anybody has more than one grid. */
        private static volatile Curve last = of(new FrameGrid(1, 1, 0, 0));

        static Curve over(FrameGrid grid) {
            Curve curve = last;
            if (!curve.grid.equals(grid)) {
                curve = of(grid);
                last = curve;
            }
            return curve;
        }

        private static Curve of(FrameGrid grid) {
            int width = grid.columns() + 1;
            int side = Integer.highestOneBit(Math.max(grid.rows(), width) * 2 - 1);
            int[] order = IntStream.range(0, grid.contentLength())
                    .mapToLong(content -> hilbert(side, content % width, content / width) << Integer.SIZE | content)
                    .sorted()
                    .mapToInt(keyed -> (int) keyed)
                    .toArray();
            return new Curve(grid, order);
        }
    }

    /** Distance of cell (x, y) along the Hilbert curve that fills a square whose side is a power of two. */
    private static long hilbert(int side, int x, int y) {
        long distance = 0;
        int column = x;
        int row = y;
        for (int half = side / 2; half > 0; half /= 2) {
            int right = (column & half) > 0 ? 1 : 0;
            int lower = (row & half) > 0 ? 1 : 0;
            distance += (long) half * half * ((3 * right) ^ lower);
            if (lower == 0) {
                if (right == 1) {
                    column = side - 1 - column;
                    row = side - 1 - row;
                }
                int swap = column;
                column = row;
                row = swap;
            }
        }
        return distance;
    }
}
