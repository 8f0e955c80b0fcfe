package io.packcache.kvcache.policy.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HighestTest {

    @Property(tries = 500)
    void blockByBlockIsTheSameAsAllAtOnceAndAsSorting(
            @ForAll @Size(max = 60) List<@FloatRange(min = -3, max = 3) Float> list,
            @ForAll @IntRange(min = 0, max = 70) int count,
            @ForAll @IntRange(min = 1, max = 9) int block) {
        float[] scores = new float[list.size()];
        IntStream.range(0, scores.length).forEach(i -> scores[i] = Math.round(list.get(i) * 4) / 4f);
        Highest blocks = new Highest(count);
        for (int from = 0; from < scores.length; from += block) {
            blocks.offer(Arrays.copyOfRange(scores, from, Math.min(scores.length, from + block)), from);
        }
        int[] sorted = IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> scores[a] == scores[b] ? b - a : Float.compare(scores[b], scores[a]))
                .limit(count)
                .sorted()
                .mapToInt(Integer::intValue)
                .toArray();

        assertThat(Highest.of(scores, count)).containsExactly(sorted);
        assertThat(blocks.chosen()).containsExactly(sorted);
    }

    @Test
    void extremesAreOrderedAndNotANumberIsRefused() {
        float[] scores = {Float.NEGATIVE_INFINITY, -0f, 0f, Float.MAX_VALUE, Float.POSITIVE_INFINITY, -1e-38f};

        assertThat(Highest.of(scores, 1)).containsExactly(4);
        assertThat(Highest.of(scores, 3)).containsExactly(2, 3, 4);
        assertThat(Highest.of(scores, 5)).containsExactly(1, 2, 3, 4, 5);
        assertThatThrownBy(() -> Highest.of(new float[] {1, Float.NaN}, 1))
                .hasMessage("the score of token 1 is not a number");
    }
}
