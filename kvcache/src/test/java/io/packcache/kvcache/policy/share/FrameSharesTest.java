package io.packcache.kvcache.policy.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameSharesTest {

    @Test
    void sharesHalveAndTheLastTwoAreEqual() {
        assertThat(FrameShares.geometric(0.5, 1, 1, 1, 0)).containsExactly(1);
        assertThat(FrameShares.geometric(0.5, 2, 1, 2, 0)).containsExactly(0.5, 0.5);
        assertThat(FrameShares.geometric(0.5, 3, 1, 3, 0)).containsExactly(0.5, 0.25, 0.25);
        assertThat(FrameShares.geometric(0.5, 4, 1, 4, 0)).containsExactly(0.5, 0.25, 0.125, 0.125);
        assertThat(FrameShares.geometric(0.5, 4, 2, 3, 0)).containsExactly(0.5, 0.25, 0.25);
    }

    @Test
    void minimumIsGivenToAllBeforeTheRestIsShared() {
        assertThat(FrameShares.geometric(0.5, 4, 1, 4, 0.125)).containsExactly(0.375, 0.25, 0.1875, 0.1875);
        assertThat(FrameShares.geometric(0.5, 4, 1, 4, 0.25)).containsExactly(0.25, 0.25, 0.25, 0.25);
    }

    @Test
    void remaindersGoToTheLargestAndThenToTheNearest() {
        assertThat(FrameShares.divide(7, new double[] {0.5, 0.25, 0.25}, new int[] {9, 9, 9}))
                .containsExactly(3, 2, 2);
        assertThat(FrameShares.divide(2, new double[] {0.25, 0.25, 0.25, 0.25}, new int[] {9, 9, 9, 9}))
                .containsExactly(1, 1, 0, 0);
    }

    @Test
    void surplusOfAFrameThatHoldsLessGoesToNearerOnesFirst() {
        double[] shares = {0.5, 0.25, 0.125, 0.125};
        assertThat(FrameShares.divide(80, shares, new int[] {45, 25, 3, 3})).containsExactly(45, 25, 3, 3);
        assertThat(FrameShares.divide(64, shares, new int[] {40, 40, 2, 8})).containsExactly(38, 16, 2, 8);
        assertThat(FrameShares.divide(64, shares, new int[] {20, 18, 40, 40})).containsExactly(20, 18, 18, 8);
    }

    @Property(tries = 2000)
    void sharesSumToOneAndNeverRiseWithDistance(
            @ForAll @DoubleRange(min = 0.01, max = 1) double rho,
            @ForAll @IntRange(min = 1, max = 40) int window,
            @ForAll @IntRange(min = 1, max = 2) int nearest,
            @ForAll @DoubleRange(min = 0, max = 1) double minimum) {
        int frames = Math.max(1, window - nearest + 1);
        double[] shares = FrameShares.geometric(rho, window, nearest, frames, minimum / window);

        assertThat(Arrays.stream(shares).sum()).isEqualTo(1, within(1e-9));
        for (int i = 1; i < frames; i++) {
            assertThat(shares[i]).isLessThanOrEqualTo(shares[i - 1]);
        }
    }

    @Property(tries = 2000)
    void tokensAreDividedExactlyWithinCapsAndNearerFramesFirst(
            @ForAll @LongRange(min = 0, max = 50_000) long tokens,
            @ForAll @DoubleRange(min = 0.01, max = 1) double rho,
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 5000) Integer> held) {
        int[] caps = held.stream().mapToInt(Integer::intValue).toArray();
        double[] shares = FrameShares.geometric(rho, caps.length, 1, caps.length, 0);
        int[] quotas = FrameShares.divide(tokens, shares, caps);

        assertThat(Arrays.stream(quotas).asLongStream().sum())
                .isEqualTo(Math.min(tokens, Arrays.stream(caps).asLongStream().sum()));
        for (int i = 0; i < caps.length; i++) {
            assertThat(quotas[i]).isBetween(0, caps[i]);
            for (int farther = i + 1; farther < caps.length; farther++) {
                assertThat(quotas[i]).isGreaterThanOrEqualTo(Math.min(caps[i], quotas[farther]));
            }
        }
    }
}
