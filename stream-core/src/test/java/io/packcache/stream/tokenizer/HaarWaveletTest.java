package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HaarWaveletTest {

    @Property(tries = 50)
    void inverseUndoesForwardForAnyNumberOfChannels(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int channels) {
        float[] original = random(seed, 3 + HaarWavelet.VALUES * channels);
        float[] blocks = original.clone();
        HaarWavelet.forward(blocks, 3, channels);
        HaarWavelet.inverse(blocks, 3, channels);
        assertThat(blocks).containsExactly(original, within(1e-5f));
    }

    /** Two steps as the reference describes them: eight groups by (time, row, column), low before high. */
    @Property(tries = 20)
    void forwardIsTwoStepsOfSumsAndDifferences(@ForAll long seed) {
        float[] video = random(seed, 64);
        float[] expected = new float[64];
        for (int coarse = 0; coarse < 8; coarse++) {
            for (int fine = 0; fine < 8; fine++) {
                double sum = 0;
                for (int i = 0; i < 64; i++) {
                    int coarseBits = 4 * (i / 32) + 2 * (i / 8 % 2) + i / 2 % 2;
                    int fineBits = 4 * (i / 16 % 2) + 2 * (i / 4 % 2) + i % 2;
                    int flips = Integer.bitCount(coarse & coarseBits) + Integer.bitCount(fine & fineBits);
                    sum += flips % 2 == 0 ? video[i] : -video[i];
                }
                expected[8 * coarse + fine] = (float) (sum / 64);
            }
        }
        float[] block = new float[64];
        for (int i = 0; i < 64; i++) {
            block[HaarWavelet.place(i / 16, i / 4 % 4, i % 4)] = video[i];
        }
        HaarWavelet.forward(block, 0, 1);
        assertThat(block).containsExactly(expected, within(1e-5f));
    }

    @Test
    void everyValueOfABlockHasItsOwnPlace() {
        int[] places = IntStream.range(0, 64)
                .map(i -> HaarWavelet.place(i / 16, i / 4 % 4, i % 4))
                .sorted()
                .toArray();
        assertThat(places).isEqualTo(IntStream.range(0, 64).toArray());
    }

    @Test
    void aFlatBlockHasOnlyItsMean() {
        float[] block = new float[64];
        Arrays.fill(block, 0.25f);
        HaarWavelet.forward(block, 0, 1);
        assertThat(block[0]).isEqualTo(0.25f);
        assertThat(Arrays.copyOfRange(block, 1, 64)).containsOnly(0);
    }

    private static float[] random(long seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
