package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConfidenceChoiceTest {

    private static int[] keep(int[] known, float[] probabilities, int lowest, double temperature) {
        int[] codes = known.clone();
        int[] drawn = new int[known.length];
        Arrays.setAll(drawn, i -> 100 + i);
        new ConfidenceChoice(known.length)
                .keep(codes, drawn, probabilities, lowest, temperature, new SplittableRandom(1));
        return codes;
    }

    @Test
    void theLeastConfidentBecomeUnknownAgainAndKnownCodesStay() {
        assertThat(keep(new int[] {-1, 7, -1, -1}, new float[] {0.5f, 0, 0.1f, 0.3f}, 2, 0))
                .containsExactly(100, 7, -1, -1);
    }

    @Test
    void noneOfLowestKeepsAll() {
        assertThat(keep(new int[] {-1, -1}, new float[] {1e-30f, 0.1f}, 0, 0)).containsExactly(100, 101);
    }

    @Test
    void equalScoresAtTheCutAllStay() {
        assertThat(keep(new int[] {-1, -1, -1}, new float[] {0.2f, 0.2f, 0.1f}, 2, 0))
                .containsExactly(100, 101, -1);
    }

    @Test
    void aFrameOfOneCodeIsDecided() {
        assertThat(keep(new int[] {-1}, new float[] {0.2f}, 1, 0)).containsExactly(100);
    }

    @Test
    void noiseCanOverruleConfidenceAndStillLeavesTheRightNumberUnknown() {
        int[] known = new int[200];
        Arrays.fill(known, -1);
        float[] probabilities = new float[200];
        for (int i = 0; i < 200; i++) {
            probabilities[i] = i < 100 ? 0.9f : 0.5f;
        }
        int[] codes = keep(known, probabilities, 100, 1);
        assertThat(Arrays.stream(codes).filter(code -> code < 0)).hasSize(100);
        assertThat(Arrays.stream(codes, 0, 100).filter(code -> code < 0).count())
                .isBetween(10L, 60L);
    }
}
