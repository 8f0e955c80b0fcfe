package io.packcache.examples.lab;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A mean over clips and, by bootstrap over clips, where 95 % of such means lie.
 *
 * @param mean NaN if no clip has a value
 * @param low lower end, the percentile method
 * @param high upper end
 * @param clips clips that have a value
 */
public record Interval(double mean, double low, double high, int clips) {

    private static final int RESAMPLES = 2000;
    private static final double TAIL = 0.025;
    private static final int FEWEST = 6;
    private static final long SEED = 20260107;

    /** The mean of those values that are numbers. The same values give the same interval. */
    public static Interval of(double[] values) {
        double[] known =
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
        if (known.length == 0) {
            return new Interval(Double.NaN, Double.NaN, Double.NaN, 0);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] means = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int draw = 0; draw < known.length; draw++) {
                sum += known[random.nextInt(known.length)];
            }
            means[i] = sum / known.length;
        }
        Arrays.sort(means);
        int tail = (int) (TAIL * RESAMPLES);
        double mean = Arrays.stream(known).average().orElseThrow();
        return new Interval(mean, means[tail], means[RESAMPLES - 1 - tail], known.length);
    }

    /** The mean of {@code values - others}, clip by clip, over the clips in which both are numbers. */
    public static Interval ofDifference(double[] values, double[] others) {
        double[] differences = new double[values.length];
        Arrays.setAll(differences, clip -> values[clip] - others[clip]);
        return of(differences);
    }

    /**
     * Whether this is a difference: zero lies outside, and there are at least {@value #FEWEST} clips. Where nothing differs,
     * five clips all err to one side by chance once in sixteen times, and a bootstrap over them knows no other side.
     */
    public boolean excludesZero() {
        return clips >= FEWEST && (low > 0 || high < 0);
    }
}
