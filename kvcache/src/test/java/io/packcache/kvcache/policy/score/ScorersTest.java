package io.packcache.kvcache.policy.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.policy.HandmadeView;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each scorer against numbers worked out by hand, or against its definition written down without any shortcut. */
class ScorersTest {

    private static final CacheShape ONE = new CacheShape(1, 1, 2);

    @Test
    void keyDifferenceIsLowestForWhatPointsWhereTheRestPoints() {
        HandmadeView handmade = tokens(2);
        handmade.tell("key", 0, 0, 0, 0, 1, 0).tell("key", 0, 0, 0, 1, 2, 0);
        handmade.tell("key", 0, 0, 1, 0, 0, 3).tell("key", 0, 0, 1, 1, 4, 0);

        // Unit keys (1,0) three times and (0,1): their mean is (0.75, 0.25), its length sqrt(0.625).
        float same = (float) (-0.75 / Math.sqrt(0.625));
        assertThat(new KeyDifference().scores(cell(handmade)))
                .containsExactly(new float[] {same, same, (float) (-0.25 / Math.sqrt(0.625)), same}, within(1e-6f));
    }

    @Test
    void lagSpreadMeasuresChannelsInUnitsOfTheNextFramesRange() {
        HandmadeView handmade = tokens(2);
        for (String kind : List.of("key", "value")) {
            handmade.tell(kind, 0, 0, 0, 0, 0, 0).tell(kind, 0, 0, 0, 1, 4, 0);
            handmade.tell(kind, 0, 0, 1, 0, 0, 0).tell(kind, 0, 0, 1, 1, 2, 1);
        }

        // Token 0 is (0, 0), no spread; token 1 is (2, 0) in units of the ranges (2, 1): deviation sqrt(2).
        double e = Math.exp(Math.sqrt(2));
        assertThat(new LagSpread().scores(cell(handmade)))
                .containsExactly(new float[] {(float) (1 / (1 + e)), (float) (e / (1 + e)), 1, 1}, within(1e-5f));
    }

    @Test
    void motionIsLowestWhereTheNextFrameThatHoldsThePlaceShowsTheSame() {
        HandmadeView handmade = new HandmadeView(ONE, 1, 2);
        handmade.frame(false, Selection.everywhere(places(2)), new BitSet());
        handmade.frame(false, Selection.everywhere(places(1)), new BitSet());
        handmade.frame(false, Selection.everywhere(places(2)), new BitSet());
        handmade.tell("value", 0, 0, 0, 0, 0, 5).tell("value", 0, 0, 0, 1, 1, 0);
        handmade.tell("value", 0, 0, 1, 0, 3, 0);
        handmade.tell("value", 0, 0, 2, 0, 9, 0).tell("value", 0, 0, 2, 1, 0, 4);

        // The second frame holds place 0 only, so place 1 of the first is held against the third frame.
        float[] scores = new Motion().scores(cell(handmade));

        assertThat(Arrays.copyOf(scores, 3)).containsExactly(new float[] {1, 1, 0}, within(1e-6f));
        assertThat(scores[3]).isEqualTo(scores[4]).isGreaterThan(2);
    }

    @Test
    void patchRedundancyComparesTheSamePlaceOfTheNewestFrames() {
        HandmadeView handmade = tokens(3);
        handmade.tell("key", 0, 0, 0, 0, 1, 0).tell("key", 0, 0, 0, 1, 0, 1);
        handmade.tell("key", 0, 0, 1, 0, 5, 0).tell("key", 0, 0, 1, 1, 1, 0);
        handmade.tell("key", 0, 0, 2, 0, 0, 2).tell("key", 0, 0, 2, 1, 0, 3);

        float[] scores = new PatchRedundancy(2).scores(cell(handmade));

        assertThat(scores[0]).isEqualTo(-0.5f, within(1e-6f));
        assertThat(scores[1]).isEqualTo(-0.5f, within(1e-6f));
        assertThat(scores[2]).isEqualTo(-0.5f, within(1e-6f));
    }

    @Test
    void subspaceResidualIsWhatTheNewestFrameDoesNotSpan() {
        HandmadeView handmade = new HandmadeView(new CacheShape(1, 1, 4), 1, 1);
        handmade.frame(false, Selection.everywhere(places(2)), new BitSet());
        handmade.frame(false, Selection.everywhere(places(2)), new BitSet());
        handmade.tell("key", 0, 0, 0, 0, 1, 2, 3, 4).tell("key", 0, 0, 0, 1, 7, 7, 0, 0);
        handmade.tell("key", 0, 0, 1, 0, 2, 0, 0, 0).tell("key", 0, 0, 1, 1, 1, 1, 0, 0);

        float[] scores = new SubspaceResidual(32).scores(cell(handmade));

        assertThat(scores[0]).isEqualTo(5, within(1e-5f));
        assertThat(scores[1]).isEqualTo(0, within(1e-5f));
    }

    @Test
    void redundancyIsTheSoftmaxOfTheMeanCosineToAllOthers() {
        HandmadeView handmade = new HandmadeView(7).frames(3);
        Cell cell = new Cell(handmade.view(), handmade.view().frames(), 1, 1, 1, 9);
        float[] keys = cell.keys();
        double[] mean = new double[cell.tokens()];
        for (int i = 0; i < mean.length; i++) {
            for (int j = 0; j < mean.length; j++) {
                mean[i] += i == j ? 0 : Vectors.cosine(keys, i, keys, j, 4) / mean.length;
            }
        }
        Vectors.softmax(mean, 0, mean.length);

        float[] scores = new ImportanceRedundancy(0, 7).scores(cell);

        for (int i = 0; i < mean.length; i++) {
            assertThat(scores[i]).isEqualTo((float) -mean[i], within(1e-6f));
        }
    }

    @Test
    void probeAttentionIsMeanPlusVarianceOverProbes() {
        Cell cell = ragged(3);
        float[] scores = new ProbeAttention(200, Smoothing.AVERAGE, Smoothing.AVERAGE, 1).scores(cell);

        for (int token = 0; token < cell.tokens(); token++) {
            double expected = 0;
            for (int query = 0; query < HandmadeView.GROUP; query++) {
                double[] weights = new double[HandmadeView.PROBES];
                for (int probe = 0; probe < weights.length; probe++) {
                    weights[probe] = attention(cell, probe * HandmadeView.GROUP + query, token);
                }
                expected += (mean(weights) + 200 * variance(weights)) / HandmadeView.GROUP;
            }
            assertThat(scores[token]).isEqualTo((float) expected, within(1e-5f));
        }
    }

    @Test
    void headMeanCountsOnlyHeadsThatHoldTheToken() {
        HandmadeView handmade = new HandmadeView(new CacheShape(1, 2, 2), 1, 1);
        BitSet first = places(2);
        BitSet second = places(1);
        handmade.frame(false, Selection.byCell(new BitSet[][] {{first, second}}), new BitSet());
        handmade.tell("value", 0, 0, 0, 0, 3, 4).tell("value", 0, 0, 0, 1, 0, 2).tell("value", 0, 1, 0, 0, 0, 1);
        Cell cell = new Cell(handmade.view(), handmade.view().frames(), 0, 0, 0, 1);

        assertThat(new HeadMean(new ValueNorm(), 0).scores(cell)).containsExactly(3, 2);
        assertThat(new HeadMean(new ValueNorm(), 1).scores(cell)).containsExactly(8, 4);
    }

    @Test
    void equalPerFrameRanksWithinFrames() {
        Cell cell = ragged(5);
        float[] scores = new ValueNorm().scores(cell);
        float[] ranks = new EqualPerFrame(new ValueNorm()).scores(cell);

        for (int token = 0; token < ranks.length; token++) {
            int better = 0;
            for (int other = cell.first(cell.frameOf(token)); other < cell.first(cell.frameOf(token) + 1); other++) {
                better += scores[other] > scores[token] ? 1 : 0;
            }
            assertThat(ranks[token]).isEqualTo(-better);
        }
    }

    @Test
    void redundancyTakesItsPartFirstAndValuesTheRest() {
        HandmadeView handmade = new HandmadeView(11).frames(4);
        CacheView view = handmade.view();
        Cell cell = new Cell(view, view.frames(), 2, 0, 1, 15);
        float[] different = new PatchRedundancy(1).scores(cell);
        float[] values = new ValueNorm().scores(cell);

        int[] chosen = Highest.of(new RedundancyThenValue(0.25, 2.0 / 3, false).scores(cell), 30);

        // 30 tokens in all, 20 by the first rule: 15 of the newest frame, then the five least redundant of the older
        // ones.
        assertThat(chosen).contains(Highest.of(Arrays.copyOf(different, 45), 5));
        for (int token = 45; token < 60; token++) {
            assertThat(chosen).contains(token);
        }
        float leastKept = Float.MAX_VALUE;
        float mostLost = 0;
        List<Integer> first = Arrays.stream(Highest.of(Arrays.copyOf(different, 45), 5))
                .boxed()
                .toList();
        for (int token = 0; token < 45; token++) {
            boolean kept = Arrays.binarySearch(chosen, token) >= 0;
            leastKept = kept && !first.contains(token) ? Math.min(leastKept, values[token]) : leastKept;
            mostLost = kept ? mostLost : Math.max(mostLost, values[token]);
        }
        assertThat(leastKept).isGreaterThanOrEqualTo(mostLost);
    }

    @Test
    void boxMeanAveragesOverHeldNeighboursInTimeRowsAndColumns() {
        Cell cell = ragged(9);
        float[] scores = new ValueNorm().scores(cell);
        float[] pooled = new BoxMean(1, 1, 2).over(cell, scores);

        for (int token = 0; token < scores.length; token++) {
            double sum = 0;
            int count = 0;
            for (int other = 0; other < scores.length; other++) {
                if (Math.abs(cell.frameOf(other) - cell.frameOf(token)) <= 1
                        && Math.abs(cell.place(other) / 5 - cell.place(token) / 5) <= 1
                        && Math.abs(cell.place(other) % 5 - cell.place(token) % 5) <= 2) {
                    sum += scores[other];
                    count++;
                }
            }
            assertThat(pooled[token]).isEqualTo((float) (sum / count), within(1e-5f));
        }
    }

    @Test
    void smoothingCutsItsWindowAtTheEnds() {
        float[] scores = {1, 5, 3, 0};

        assertThat(Smoothing.AVERAGE.over(scores, 3)).containsExactly(3, 3, 8 / 3f, 1.5f);
        assertThat(Smoothing.MAXIMUM.over(scores, 3)).containsExactly(5, 5, 5, 3);
        assertThat(Smoothing.MAXIMUM.over(scores, 1)).containsExactly(scores);
    }

    @Test
    void criticalTokensComeFirstThenWhatWeighsInTheOutput() {
        Cell cell = ragged(4);
        float[] base = new ObservedMass().scores(cell);
        float[] staged = new OutputPerturbation(new ObservedMass(), 0.5).scores(cell);
        int[] first = Highest.of(Arrays.copyOf(base, cell.contested()), cell.keep() / 2);
        float[] norms = cell.joined(frame -> cell.signals().projectedValueNorms(cell.layer(), cell.head(), frame));
        float lowest = Float.MAX_VALUE;
        for (float score : base) {
            lowest = Math.min(lowest, score);
        }

        assertThat(Highest.of(Arrays.copyOf(staged, cell.contested()), first.length))
                .containsExactly(first);
        for (int token = 0; token < cell.contested(); token++) {
            if (Arrays.binarySearch(first, token) < 0) {
                assertThat(staged[token]).isEqualTo((base[token] - lowest + 1e-4f) * norms[token], within(1e-6f));
            }
        }
    }

    @Test
    void lotsAreFairAndFollowTheNameAlone() {
        HandmadeView handmade = new HandmadeView(1).frames(60);
        CacheView view = handmade.view();
        float[] lots = new RandomScore(1).scores(new Cell(view, view.frames(), 0, 0, 0, 1));
        float[] tail = new RandomScore(1).scores(new Cell(view, view.frames().subList(50, 60), 2, 1, 0, 1));
        double mean = 0;
        for (int seed = 1; seed <= 20; seed++) {
            for (float lot : new RandomScore(seed).scores(new Cell(view, view.frames(), 0, 0, 0, 1))) {
                mean += lot / lots.length / 20;
            }
        }

        assertThat(mean).isEqualTo(0.5, within(0.01));
        assertThat(tail).containsExactly(Arrays.copyOfRange(lots, 750, 900));
        assertThat(new RandomScore(2).scores(new Cell(view, view.frames(), 0, 0, 0, 1)))
                .isNotEqualTo(lots);
    }

    private static HandmadeView tokens(int frames) {
        HandmadeView handmade = new HandmadeView(ONE, 1, 1);
        for (int i = 0; i < frames; i++) {
            handmade.frame(false, Selection.everywhere(places(2)), new BitSet());
        }
        return handmade;
    }

    private static BitSet places(int count) {
        BitSet places = new BitSet();
        places.set(0, count);
        return places;
    }

    private static Cell cell(HandmadeView handmade) {
        return new Cell(handmade.view(), handmade.view().frames(), 0, 0, 1, 1);
    }

    private static Cell ragged(int seed) {
        CacheView view =
                new HandmadeView(seed).ragged(4, new Random(seed)).frame(false).view();
        List<FrameView> frames = view.frames();
        return new Cell(view, frames, 1, 1, 1, 12);
    }

    private static double attention(Cell cell, int row, int token) {
        int frame = cell.frameOf(token);
        return cell.signals().attention(1, 1, row, cell.frame(frame).frame())[token - cell.first(frame)];
    }

    private static double mean(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += v;
        }
        return sum / x.length;
    }

    private static double variance(double[] x) {
        double squares = 0;
        for (double v : x) {
            squares += (v - mean(x)) * (v - mean(x));
        }
        return squares / (x.length - 1);
    }
}
