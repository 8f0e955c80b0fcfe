package io.packcache.examples.onair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowthTest {

    private static final int LOOKS = 600;
    private static final int LOOKS_A_MINUTE = 12;

    private final Random random = new Random(1);

    @Test
    void memoryThatOnlyWaversDoesNotGrow() {
        Growth growth = of(i -> 100_000_000 + random.nextInt(200_000));
        assertThat(growth.isNoise()).isTrue();
        assertThat(growth.bytesPerMinute()).isEqualTo(0, within(2_000.0));
    }

    @Test
    void aLeakIsFoundBehindTheWavering() {
        Growth growth = of(i -> 100_000_000 + i * 20_000L / LOOKS_A_MINUTE + random.nextInt(200_000));
        assertThat(growth.isNoise()).isFalse();
        assertThat(growth.bytesPerMinute()).isEqualTo(20_000, within(2_000.0));
    }

    @Test
    void aLeakWithoutAnyNoiseIsFound() {
        assertThat(of(i -> 100_000_000 + i * 100L).isNoise()).isFalse();
    }

    @Test
    void manyLooksAtOneStepAreNotManyFacts() {
        Growth growth = of(i -> i < LOOKS / 2 ? 100_000_000 : 101_000_000);
        assertThat(growth.bytesPerMinute()).isPositive();
        assertThat(growth.isNoise()).isTrue();
    }

    /** Five in a hundred lie outside of the interval, half of them above it. */
    @Test
    void aRandomWalkIsSeldomTakenForALeak() {
        int walks = 1000;
        long taken = IntStream.range(0, walks)
                .filter(walk -> {
                    long[] at = {100_000_000};
                    return !of(i -> at[0] += (random.nextBoolean() ? 1 : -1) * 65_536L)
                            .isNoise();
                })
                .count();
        assertThat(taken / (double) walks).isBetween(0.005, 0.05);
    }

    @Test
    void memoryThatShrinksIsNoLeak() {
        assertThat(of(i -> 100_000_000 - i * 100L).isNoise()).isTrue();
    }

    @Test
    void tooFewLooksSayNothing() {
        Growth growth = Growth.of(new double[] {0, 1}, new long[] {0, 1_000_000});
        assertThat(growth.isNoise()).isTrue();
        assertThat(growth.margin()).isInfinite();
    }

    @Test
    void aPauseBetweenLooksIsBridgedByTheLastOneBefore() {
        double[] minutes =
                IntStream.range(0, 100).mapToDouble(i -> i < 50 ? i : i + 30).toArray();
        long[] bytes = IntStream.range(0, 100).mapToLong(i -> 1_000).toArray();
        assertThat(Growth.of(minutes, bytes).bytesPerMinute()).isZero();
    }

    private interface Memory {
        long at(int look);
    }

    private static Growth of(Memory memory) {
        double[] minutes = IntStream.range(0, LOOKS)
                .mapToDouble(i -> i / (double) LOOKS_A_MINUTE)
                .toArray();
        return Growth.of(
                minutes, IntStream.range(0, LOOKS).mapToLong(memory::at).toArray());
    }
}
