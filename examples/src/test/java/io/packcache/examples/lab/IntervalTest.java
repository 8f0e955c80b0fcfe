package io.packcache.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is called a difference, and what is not. */
class IntervalTest {

    @Test
    void theIntervalOfAMeanIsAsWideAsStatisticsSay() {
        double[] values = normal(400, 1);
        double sum = Arrays.stream(values).sum();

        Interval interval = Interval.of(values);

        double standardError = Math.sqrt(Arrays.stream(values)
                        .map(value -> Math.pow(value - sum / 400, 2))
                        .sum()
                / 399
                / 400);
        assertThat(interval.mean()).isEqualTo(sum / 400);
        // 2 x 1.96, give or take 5 standard errors of the quantiles of 2,000 resamples.
        assertThat(interval.high() - interval.low()).isBetween(3.5 * standardError, 4.3 * standardError);
        assertThat(interval.clips()).isEqualTo(400);
    }

    @Test
    void aSmallSteadyDifferenceOfClipsThatVaryMuchIsOne() {
        double[] before = normal(50, 2);
        double[] after = Arrays.stream(before).map(value -> value + 0.01).toArray();

        assertThat(Interval.ofDifference(after, before).excludesZero()).isTrue();
        assertThat(Interval.ofDifference(normal(50, 3), normal(50, 4)).excludesZero())
                .isFalse();
    }

    @Test
    void aHandfulOfClipsProvesNothing() {
        assertThat(Interval.of(new double[] {1, 2, 1, 2, 1}).excludesZero()).isFalse();
        assertThat(Interval.of(new double[] {1, 2, 1, 2, 1, 2}).excludesZero()).isTrue();
    }

    @Test
    void clipsWithoutAValueInEitherRunAreLeftOut() {
        Interval interval =
                Interval.ofDifference(new double[] {1, Double.NaN, 3, 4}, new double[] {0, 1, Double.NaN, 1});

        assertThat(interval.clips()).isEqualTo(2);
        assertThat(interval.mean()).isEqualTo(2);
        assertThat(Interval.of(new double[] {Double.NaN}).mean()).isNaN();
    }

    private static double[] normal(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
        }
        return values;
    }
}
