package io.packcache.kvcache.policy.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.Multiplicities;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Token;
import io.packcache.kvcache.policy.HandmadeView;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.ValueNorm;
import io.packcache.kvcache.policy.share.Contest;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {

    private static final CacheShape ONE = new CacheShape(1, 1, 2);

    @Test
    void aTokenIsTakenOverByTheNearestKeyAroundItsPlace() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        handmade.frame(false, Selection.everywhere(places(0, 1)), new BitSet(), standing(3, 1));
        handmade.frame(false, Selection.everywhere(places(0, 1, 4)), new BitSet());
        handmade.tell("key", 0, 0, 0, 0, 1, 0).tell("key", 0, 0, 0, 1, 0, 1);
        handmade.tell("key", 0, 0, 1, 0, 1, 1).tell("key", 0, 0, 1, 1, 5, 0).tell("key", 0, 0, 1, 4, 0, 1);
        Cell cell = cell(handmade, 1);

        List<Fold> folds = new Correspondence(0.9, -1, 1, 60).folds(cell, tokens(cell));

        // Place 1 points as place 0 did; place 4 points as place 1 did but is three columns away; place 0 is between
        // both.
        assertThat(folds).hasSize(1);
        Fold fold = folds.get(0);
        assertThat(fold.into()).isEqualTo(new Token(1, 1));
        assertThat(fold.from()).containsExactly(new Token(0, 0));
        assertThat(fold.keyWeights()).containsExactly(1, 0);
        assertThat(fold.valueWeights()).containsExactly(0.25f, 0.75f);
        assertThat(fold.multiplicity()).isEqualTo(4);
    }

    @Test
    void everyTokenIsInOnePairAndTheNearestPairComesFirst() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        handmade.frame(false, Selection.everywhere(places(0, 1)), new BitSet());
        handmade.frame(false, Selection.everywhere(places(0, 1)), new BitSet());
        handmade.tell("key", 0, 0, 0, 0, 10, 1).tell("key", 0, 0, 0, 1, 10, 2);
        handmade.tell("key", 0, 0, 1, 0, 10, 2).tell("key", 0, 0, 1, 1, 10, 2.1f);
        Cell cell = cell(handmade, 1);

        List<Fold> folds = new Correspondence(0.9, -1, 1, 60).folds(cell, tokens(cell));

        assertThat(folds).extracting(Fold::into).containsExactly(new Token(1, 0), new Token(1, 1));
        assertThat(folds).extracting(fold -> fold.from().get(0)).containsExactly(new Token(0, 1), new Token(0, 0));
    }

    @Test
    void tokensWhoseValuesDifferStayApartHoweverAlikeTheirKeysAre() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        handmade.frame(false, Selection.everywhere(places(0, 2)), new BitSet());
        handmade.frame(false, Selection.everywhere(places(0, 2)), new BitSet());
        for (long frame = 0; frame < 2; frame++) {
            handmade.tell("key", 0, 0, frame, 0, 1, 0).tell("key", 0, 0, frame, 2, 1, 0);
            handmade.tell("value", 0, 0, frame, 0, 3, 1);
        }
        handmade.tell("value", 0, 0, 0, 2, 1, 1).tell("value", 0, 0, 1, 2, -1, 1);
        Cell cell = cell(handmade, 1);

        assertThat(new Correspondence(0.9, 0.9, 0, 60).folds(cell, tokens(cell)))
                .extracting(Fold::into)
                .containsExactly(new Token(1, 0));
        assertThat(new Correspondence(0.9, -1, 0, 60).folds(cell, tokens(cell))).hasSize(2);
    }

    /** What folding may rest on: m tokens with one key are one token with the mean value and ln m on its logit. */
    @Test
    void foldingIdenticalKeysLeavesAttentionAsItWas() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        float[][] keys = {{0.3f, -1}, {2, 0.5f}};
        for (long frame = 0; frame < 2; frame++) {
            handmade.frame(
                    false,
                    Selection.everywhere(places(0, 2)),
                    new BitSet(),
                    frame == 0 ? standing(2, 1, 1) : Multiplicities.ONES);
            handmade.tell("key", 0, 0, frame, 0, keys[0]).tell("key", 0, 0, frame, 2, keys[1]);
        }
        Cell cell = cell(handmade, 1);
        float[] values = cell.values();
        double[] unfolded = attend(cell.keys(), values, new double[] {2, 1, 1, 1});

        List<Fold> folds = new Correspondence(0.9, -1, 0, 60).folds(cell, tokens(cell));
        float[] merged = new float[4];
        double[] multiplicities = new double[2];
        for (Fold fold : folds) {
            int newer = fold.into().place() / 2;
            for (int c = 0; c < 2; c++) {
                merged[newer * 2 + c] = fold.valueWeights()[0] * values[(2 + newer) * 2 + c]
                        + fold.valueWeights()[1] * values[newer * 2 + c];
            }
            multiplicities[newer] = fold.multiplicity();
        }

        assertThat(folds).hasSize(2);
        assertThat(attend(new float[] {0.3f, -1, 2, 0.5f}, merged, multiplicities))
                .containsExactly(unfolded, within(1e-6));
    }

    @Test
    void losersJoinTheNearestSurvivorAboveTheMeanWithWeightsOfThePaper() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        handmade.frame(false, Selection.everywhere(places(0, 1, 2)), new BitSet());
        handmade.tell("key", 0, 0, 0, 0, 1, 0).tell("key", 0, 0, 0, 1, 2, 0).tell("key", 0, 0, 0, 2, 0, -1);
        Cell cell = cell(handmade, 0);
        BitSet kept = new BitSet();
        kept.set(0);

        List<Fold> folds = new NearestSurvivor(0.5).folds(contest(cell), kept);

        // Cosines 1 and 0, threshold a half: token 1 joins with weight e / (e + e), token 2 leaves.
        assertThat(folds).hasSize(1);
        assertThat(folds.get(0).from()).containsExactly(new Token(0, 1));
        assertThat(folds.get(0).keyWeights()).containsExactly(0.5f, 0.5f);
        assertThat(folds.get(0).valueWeights()).containsExactly(0.5f, 0.5f);
        assertThat(folds.get(0).multiplicity()).isEqualTo(1);
    }

    @Test
    void theThresholdMovesFromFrameToFrame() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        handmade.frame(false, Selection.everywhere(places(0)), new BitSet());
        handmade.frame(false, Selection.everywhere(places(0, 1)), new BitSet());
        float half = (float) Math.sqrt(0.75);
        handmade.tell("key", 0, 0, 0, 0, 1, 0);
        handmade.tell("key", 0, 0, 1, 0, 1, 0).tell("key", 0, 0, 1, 1, 0.5f, half);
        Cell cell = cell(handmade, 0);
        BitSet kept = new BitSet();
        kept.set(1);

        // Frame 0: cosine 1, threshold 1, joins. Frame 1: cosine 0.5, threshold (1 + 0.5) / 2, leaves.
        assertThat(new NearestSurvivor(0.5).folds(contest(cell), kept).get(0).from())
                .containsExactly(new Token(0, 0));
        // A threshold that forgets at once is the mean of the frame itself.
        assertThat(new NearestSurvivor(0).folds(contest(cell), kept).get(0).from())
                .containsExactly(new Token(0, 0), new Token(1, 1));
    }

    @Test
    void thePrototypeStandsForAllThatLeavesItsFrame() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        handmade.frame(false, Selection.everywhere(places(0, 6, 14)), new BitSet(), standing(5, 1, 1));
        handmade.tell("value", 0, 0, 0, 0, 1, 0).tell("value", 0, 0, 0, 6, 3, 4).tell("value", 0, 0, 0, 14, 0, 10);
        Cell cell = cell(handmade, 0);
        BitSet kept = new BitSet();
        kept.set(Prototype.centre(cell, 0));

        List<Fold> folds = new Prototype(new ValueNorm()).folds(contest(cell), kept);

        // Weights 5 (centre), 5 x 1 and 10, in all 20; it stands for 1 + 5 + 1.
        assertThat(folds).hasSize(1);
        assertThat(folds.get(0).into()).isEqualTo(new Token(0, 6));
        assertThat(folds.get(0).from()).containsExactly(new Token(0, 0), new Token(0, 14));
        assertThat(folds.get(0).valueWeights()).containsExactly(0.25f, 0.25f, 0.5f);
        assertThat(folds.get(0).keyWeights()).containsExactly(0.25f, 0.25f, 0.5f);
        assertThat(folds.get(0).multiplicity()).isEqualTo(7);
    }

    private static double[] attend(float[] keys, float[] values, double[] multiplicities) {
        double[] query = {0.7, -0.2};
        double[] output = new double[2];
        double sum = 0;
        for (int token = 0; token < multiplicities.length; token++) {
            double weight =
                    multiplicities[token] * Math.exp(query[0] * keys[2 * token] + query[1] * keys[2 * token + 1]);
            sum += weight;
            output[0] += weight * values[2 * token];
            output[1] += weight * values[2 * token + 1];
        }
        return new double[] {output[0] / sum, output[1] / sum};
    }

    private static Multiplicities standing(float... first) {
        float[] byPlace = new float[HandmadeView.CONTENT];
        Arrays.fill(byPlace, 1);
        System.arraycopy(first, 0, byPlace, 0, first.length);
        return Multiplicities.of(new float[][][] {{byPlace}});
    }

    private static Contest contest(Cell cell) {
        int[] all = IntStream.range(0, cell.tokens()).toArray();
        return new Contest(cell, all, new float[all.length]);
    }

    private static BitSet tokens(Cell cell) {
        BitSet all = new BitSet();
        all.set(0, cell.tokens());
        return all;
    }

    private static Cell cell(HandmadeView handmade, int recent) {
        CacheView view = handmade.view();
        return new Cell(view, view.frames(), 0, 0, recent, 1);
    }

    private static BitSet places(int... content) {
        BitSet places = new BitSet();
        IntStream.of(content).forEach(places::set);
        return places;
    }
}
