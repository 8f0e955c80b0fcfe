package io.packcache.examples.onair;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How fast a quantity grows, and how sure that is.
 *
 * <p>Memory is not a line with errors around it: it moves in steps that stay, like a random walk. Many looks at one step
 * are not as many facts, and least squares sees a trend in most random walks (Granger and Newbold, "Spurious regressions
 * in econometrics", 1974). What is independent are its changes over stretches that are long beside the steps. So time is
 * cut into {@value #BLOCKS} blocks (as in the method of batch means: Law, "Simulation Modeling and Analysis", chapter 9);
 * the growth is the mean of their changes, and its standard error that of this mean.
 *
 * @param bytesPerMinute mean change
 * @param standardError of it; infinite where too little was seen
 */
public record Growth(double bytesPerMinute, double standardError) {

    static final int BLOCKS = 12;

    /** Of Student's distribution with {@value #BLOCKS} - 1 degrees of freedom, 95 % lie within it. */
    private static final double STUDENT = 2.201;

    /** A level is the mean over so much time, so that what swings within it is no change. */
    private static final double LEVEL_MINUTES = 1;

    static final Growth UNKNOWN = new Growth(0, Double.POSITIVE_INFINITY);

    /**
     * Of looks in the order of time.
     *
     * @param minutes when
     * @param bytes what was seen then
     */
    static Growth of(double[] minutes, long[] bytes) {
        if (minutes.length < 2 * BLOCKS) {
            return UNKNOWN;
        }
        double all = minutes[minutes.length - 1] - minutes[0];
        double over = Math.min(LEVEL_MINUTES, all / BLOCKS);
        double block = (all - over) / BLOCKS;
        double[] levels = IntStream.rangeClosed(0, BLOCKS)
                .mapToDouble(i -> level(minutes, bytes, minutes[0] + i * block, over))
                .toArray();
        double[] changes = IntStream.range(0, BLOCKS)
                .mapToDouble(i -> (levels[i + 1] - levels[i]) / block)
                .toArray();
        double mean = Arrays.stream(changes).average().orElseThrow();
        double squares = Arrays.stream(changes)
                .map(change -> (change - mean) * (change - mean))
                .sum();
        return new Growth(mean, Math.sqrt(squares / (BLOCKS - 1) / BLOCKS));
    }

    /** Mean of the looks from a moment on; where there is none, the last one before. */
    private static double level(double[] minutes, long[] bytes, double from, double over) {
        double slack = 1e-9;
        return IntStream.range(0, minutes.length)
                .filter(i -> minutes[i] >= from - slack && minutes[i] <= from + over + slack)
                .mapToLong(i -> bytes[i])
                .average()
                .orElseGet(() -> bytes[
                        IntStream.range(0, minutes.length)
                                .filter(i -> minutes[i] <= from)
                                .max()
                                .orElse(0)]);
    }

    /** Half of the interval that holds the true growth with 95 %. */
    public double margin() {
        return STUDENT * standardError;
    }

    /** Whether chance explains it: no growth lies within the 95 % interval, or memory shrinks. */
    public boolean isNoise() {
        return bytesPerMinute <= margin();
    }

    /** {@code +1.2 (95 %: -0.3 to 2.7)}, in KiB a minute. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%+.1f (95 %%: %+.1f to %+.1f)",
                bytesPerMinute / 1024,
                (bytesPerMinute - margin()) / 1024,
                (bytesPerMinute + margin()) / 1024);
    }
}
