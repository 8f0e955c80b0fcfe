package io.packcache.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Averages over codes and clips, and what is left out of them. */
class LikelihoodTest {

    private static final Offset<Double> EXACT = Offset.offset(1e-6);

    @Test
    void theFirstFrameIsLeftOutAndObjectCodesAreCountedApart() {
        Likelihood likelihood = new Likelihood();

        likelihood.add(new float[][] {{-100, -100}, {-1, -3}}, List.of(cells(0, 1), cells(1)));

        assertThat(likelihood.all()).isCloseTo(2, EXACT);
        assertThat(likelihood.object()).isCloseTo(3, EXACT);
    }

    @Test
    void differencesArePairedClipByClip() {
        Likelihood one = objects(1, 5);
        Likelihood other = objects(2, 6);
        Likelihood uneven = objects(2, 8);

        assertThat(other.objectAgainst(one)).isCloseTo(1, EXACT);
        assertThat(other.standardErrorAgainst(one)).isCloseTo(0, EXACT);
        assertThat(uneven.objectAgainst(one)).isCloseTo(2, EXACT);
        assertThat(uneven.standardErrorAgainst(one)).isCloseTo(1, EXACT);
    }

    private static Likelihood objects(float... nats) {
        Likelihood likelihood = new Likelihood();
        for (float value : nats) {
            likelihood.add(new float[][] {{0}, {-value}}, List.of(cells(0), cells(0)));
        }
        return likelihood;
    }

    private static BitSet cells(int... set) {
        BitSet cells = new BitSet();
        for (int cell : set) {
            cells.set(cell);
        }
        return cells;
    }
}
