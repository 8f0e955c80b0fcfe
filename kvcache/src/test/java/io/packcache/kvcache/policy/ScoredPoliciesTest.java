package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.KeyDifference;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.Segments;
import java.util.BitSet;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScoredPoliciesTest {

    static Stream<ScoredPolicy> scored() {
        return EveryPolicyTest.all().stream()
                .filter(ScoredPolicy.class::isInstance)
                .map(ScoredPolicy.class::cast);
    }

    @ParameterizedTest
    @MethodSource("scored")
    void keptAreTheHighestScoredOfEveryLayerAndHead(ScoredPolicy policy) {
        for (int tokens : new int[] {16, 23, 40}) {
            CacheView view = EveryPolicyTest.view(6, tokens == 23, tokens);
            Keeping keeping = policy.keeping().withHistoryBudget(new HistoryBudget.Tokens(tokens));
            CompactionPlan plan = Thinning.plan(
                    view,
                    Budget.unlimited(),
                    keeping,
                    policy.scorer(),
                    policy.allocator(),
                    policy.reducer(),
                    Segments.NONE);
            Map<Long, FramePlan> planned =
                    plan.frames().stream().collect(Collectors.toMap(FramePlan::frame, Function.identity()));
            for (Cell cell : Cell.all(view, view.frames().subList(1, 8), 1, tokens - HandmadeView.CONTENT)) {
                assertHighestStay(policy, cell, planned);
            }
        }
    }

    private static void assertHighestStay(ScoredPolicy policy, Cell cell, Map<Long, FramePlan> planned) {
        float[] scores = policy.scorer().scores(cell);
        float leastKept = Float.POSITIVE_INFINITY;
        float mostLost = Float.NEGATIVE_INFINITY;
        for (int token = 0; token < cell.contested(); token++) {
            FramePlan frame = planned.get(cell.name(token).frame());
            boolean kept =
                    frame != null && frame.kept().at(cell.layer(), cell.head()).get(cell.place(token));
            boolean masked = cell.frame(cell.frameOf(token)).masked().get(cell.place(token));
            if (kept) {
                assertThat(masked).as("what was stored as MASK leaves first").isFalse();
                leastKept = Math.min(leastKept, scores[token]);
            } else if (!masked) {
                mostLost = Math.max(mostLost, scores[token]);
            }
        }
        assertThat(leastKept).isGreaterThanOrEqualTo(mostLost);
    }

    @Test
    void tovaChoosesByLayerAndKeyNormByAgeInTheFirstLayers() {
        CacheView view = new HandmadeView(5).frames(5).view();

        for (FramePlan frame : Tova.defaults().plan(view, new Budget(25)).frames()) {
            for (int layer = 0; layer < 3; layer++) {
                assertThat(frame.kept().at(layer, 0)).isEqualTo(frame.kept().at(layer, 1));
            }
        }
        CompactionPlan byNorm = KeyNorm.defaults().plan(view, new Budget(25));
        FramePlan last = byNorm.frames().get(byNorm.frames().size() - 2);
        assertThat(last.kept().at(1, 0)).isEqualTo(bits(5, 15));
        assertThat(last.kept().at(2, 0)).isNotEqualTo(bits(5, 15));
    }

    @Test
    void kvComposeKeepsLayersRectangularAndHeadsApart() {
        CacheView view = new HandmadeView(8).frames(6).view();
        CompactionPlan plan = KvCompose.defaults().plan(view, new Budget(31));
        int[][] counts = new int[3][2];
        boolean apart = false;
        for (FramePlan frame : plan.frames()) {
            for (int layer = 0; layer < 3; layer++) {
                apart |= !frame.kept().at(layer, 0).equals(frame.kept().at(layer, 1));
                counts[layer][0] += frame.kept().at(layer, 0).cardinality();
                counts[layer][1] += frame.kept().at(layer, 1).cardinality();
            }
        }

        assertThat(apart).isTrue();
        for (int[] layer : counts) {
            assertThat(layer[0]).isEqualTo(layer[1]);
        }
        assertThat(counts[0][0]).isGreaterThanOrEqualTo(counts[1][0]).isGreaterThanOrEqualTo(counts[2][0]);
    }

    @Test
    void hackGivesContextualHeadsHalfAndStructuralOnesTheRest() {
        CacheView view = new HandmadeView(4).frames(8).view();
        CompactionPlan plan =
                Hack.defaults().withKeeping(Keeping.defaults().withRecent(0)).plan(view, new Budget(30));
        int[] counts = new int[6];
        plan.frames()
                .forEach(frame -> IntStream.range(0, 6)
                        .forEach(cell -> counts[cell] +=
                                frame.kept().at(cell / 2, cell % 2).cardinality()));

        assertThat(IntStream.of(counts).sorted().toArray()).containsExactly(15, 15, 15, 45, 45, 45);
    }

    @Test
    void lagKvTakesEquallyManyOfEveryFrame() {
        CacheView view = new HandmadeView(2).frames(6).view();
        CompactionPlan plan = LagKv.defaults().plan(view, new Budget(15 + 10));

        assertThat(plan.frames())
                .extracting(frame -> frame.kept().at(1, 1).cardinality())
                .containsExactly(2, 2, 2, 2, 2, 15);
    }

    @Test
    void framesBeyondTheWindowLeaveWhateverTheirScores() {
        CacheView view = new HandmadeView(2).frames(12).view();
        Keeping keeping = Keeping.defaults().withWindow(3).withHistoryBudget(new HistoryBudget.Tokens(45));

        CompactionPlan all = Thinning.plan(
                view, Budget.unlimited(), keeping, new KeyDifference(), Allocator.EVEN, Reducer.DROP, Segments.NONE);

        assertThat(all.frames()).extracting(FramePlan::frame).containsExactly(9L, 10L, 11L);
    }

    @Test
    void equalKeysAreReportedAndUnequalOnesAreNot() {
        HandmadeView flat = new HandmadeView(1).frames(2);
        for (int layer = 0; layer < 3; layer++) {
            for (int place = 0; place < HandmadeView.CONTENT; place++) {
                flat.tell("key", layer, 0, 1, place, 2, 0, 0, 0.001f * place);
                flat.tell("key", layer, 1, 1, place, 0, 2, 0.001f * place, 0);
            }
        }

        assertThat(KeyNorm.warning(flat.view()))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith(
                                "keynorm: keys of this model are all about equally long (their lengths spread by 0.0 %)")
                        .contains("\"scored\""));
        assertThat(KeyNorm.warning(new HandmadeView(1).frames(2).view())).isEmpty();
        assertThat(KeyNorm.warning(new HandmadeView(1).view())).isEmpty();
    }

    private static BitSet bits(int from, int to) {
        BitSet bits = new BitSet();
        bits.set(from, to);
        return bits;
    }

    @Test
    void byFrameOrByChunkFlowCacheKeepsTheHighestMeansWholeAndAnUnfinishedChunk() {
        Keeping two = Keeping.defaults().withHistoryBudget(new HistoryBudget.Tokens(4 * HandmadeView.CONTENT + 5));
        FlowCache byFrame = FlowCache.defaults().withKeeping(two).withGranularity(Granularity.FRAME);
        FlowCache byChunk = byFrame.withGranularity(Granularity.CHUNK).withChunk(3);
        CacheView view = new HandmadeView(11).frames(8).view();

        assertWholeSegmentsStay(byFrame, view, 1, 1, 3);
        // Frames 6 and 7 are the begun third chunk: what is left takes no chunk of three.
        assertWholeSegmentsStay(byChunk, view, 2, 3, 0);
        // Frame 7 is guarded, and frame 6 as the other half of its chunk.
        assertWholeSegmentsStay(byChunk.withChunk(2), view, 2, 2, 1);
        assertThat(byChunk.withGranularity(Granularity.TOKEN).scorer())
                .isEqualTo(FlowCache.defaults().scorer());
    }

    /** In every cell the guarded newest frames stay, and of the others the segments with the highest means. */
    private static void assertWholeSegmentsStay(
            FlowCache policy, CacheView view, int guarded, int frames, int segments) {
        Map<Long, FramePlan> planned = policy.plan(view, Budget.unlimited()).frames().stream()
                .collect(Collectors.toMap(FramePlan::frame, Function.identity()));
        for (Cell cell : Cell.all(view, view.frames(), guarded, 0)) {
            float[] means = policy.scorer().scores(cell);
            float leastKept = Float.POSITIVE_INFINITY;
            float mostLost = Float.NEGATIVE_INFINITY;
            int whole = 0;
            for (int i = 0; i < cell.frames(); i++) {
                FramePlan plan = planned.get(cell.frame(i).frame());
                int kept = plan == null
                        ? 0
                        : plan.kept().at(cell.layer(), cell.head()).cardinality();
                assertThat(kept).isIn(0, HandmadeView.CONTENT);
                if (i >= cell.frames() - guarded) {
                    assertThat(kept).as("guarded frame %d", i).isPositive();
                } else if (kept > 0) {
                    whole++;
                    leastKept = Math.min(leastKept, means[cell.first(i)]);
                } else {
                    mostLost = Math.max(mostLost, means[cell.first(i)]);
                }
            }
            assertThat(whole).isEqualTo(frames * segments);
            assertThat(leastKept).isGreaterThanOrEqualTo(mostLost);
        }
    }
}
