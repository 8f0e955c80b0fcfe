package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheWorld;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.InvalidPlanException;
import io.packcache.kvcache.plan.Selection;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReKvTest {

    private static final ReKv TWO = ReKv.defaults();

    /** Keys point where the mean query does in frames 2 and 4, and the other way in all others. */
    private static HandmadeView handmade(int frames) {
        HandmadeView view = new HandmadeView(3).frame(true).frames(frames);
        for (int layer = 0; layer < 3; layer++) {
            for (int head = 0; head < 2; head++) {
                float[] mean = mean(view.queries(layer, head));
                for (long frame = 1; frame <= frames; frame++) {
                    float sign = frame == 2 || frame == 4 ? 1 : -1;
                    for (int place = 0; place < HandmadeView.CONTENT; place++) {
                        view.tell("key", layer, head, frame, place, scaled(mean, sign * (place + 1)));
                    }
                }
            }
        }
        return view;
    }

    @Test
    void theWindowStaysAndTheFramesMostLikeTheNewestQueriesComeBackBeforeIt() {
        CompactionPlan plan = TWO.plan(handmade(9).archivedBefore(7).view(), Budget.unlimited());

        assertThat(plan.frames()).extracting(FramePlan::frame).containsExactly(0L, 2L, 4L, 8L, 9L);
        assertThat(plan.frames()).extracting(FramePlan::slot).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(plan.nextSlot()).isEqualTo(5);
        assertThat(plan.frames())
                .allSatisfy(frame -> assertThat(frame.kept()).isEqualTo(Selection.everywhere(HandmadeView.all())));
        assertThat(plan.archive()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    }

    @Test
    void theOldestFramesAreForgottenBeyondTheArchive() {
        ReKv few = TWO.withArchive(4);
        CompactionPlan plan = few.plan(handmade(9).archivedBefore(7).view(), Budget.unlimited());

        assertThat(plan.archive()).containsExactlyInAnyOrder(4L, 5L, 6L, 7L);
        assertThat(plan.frames()).extracting(FramePlan::frame).contains(4L).doesNotContain(2L);
    }

    @Test
    void aTightBudgetTakesRecalledFramesFirst() {
        CacheView view = handmade(9).archivedBefore(7).view();
        long frame = HandmadeView.CONTENT;

        assertThat(frames(TWO.plan(view, new Budget(3 * frame)))).hasSize(4).contains(8L, 9L);
        assertThat(frames(TWO.plan(view, new Budget(3 * frame - 1)))).containsExactly(0L, 8L, 9L);
        assertThat(frames(TWO.plan(view, new Budget(frame)))).containsExactly(0L, 9L);
    }

    @Test
    void layersChooseForThemselvesIfAsked() {
        HandmadeView handmade = handmade(9);
        for (int head = 0; head < 2; head++) {
            float[] mean = mean(handmade.queries(1, head));
            for (int place = 0; place < HandmadeView.CONTENT; place++) {
                handmade.tell("key", 1, head, 2, place, scaled(mean, -1));
                handmade.tell("key", 1, head, 6, place, scaled(mean, 1));
            }
        }
        CacheView view = handmade.archivedBefore(7).view();
        CompactionPlan plan = TWO.withRefine(Refine.LAYER).plan(view, Budget.unlimited());

        assertThat(frames(plan)).containsExactly(0L, 2L, 4L, 6L, 8L, 9L);
        BitSet all = HandmadeView.all();
        assertThat(plan.frames().get(1).kept()).isEqualTo(Selection.byLayer(List.of(all, new BitSet(), all)));
        assertThat(plan.frames().get(3).kept()).isEqualTo(Selection.byLayer(List.of(new BitSet(), all, new BitSet())));
    }

    @Test
    void bothBranchesMoveTheSameFramesAndNothingThatWasSeenIsLost() {
        try (Backend backend = Backends.of("plain");
                CacheWorld world = new CacheWorld(backend, 2, CacheBudget.unlimited(), false)) {
            world.collect(TWO.signals());
            world.archive(TWO.tiers());
            Set<Long> recalled = new HashSet<>();
            for (int frame = 1; frame <= 20; frame++) {
                world.frame();
                world.apply(TWO.plan(world.view(TWO.signals()), Budget.unlimited()));
                List<FrameView> guided = world.branch(0).view().frames();
                assertThat(world.branch(1).view().frames()).isEqualTo(guided);
                assertThat(world.branch(1).view().archive())
                        .isEqualTo(world.branch(0).view().archive())
                        .hasSize(Math.max(0, frame - 2));
                assertThat(guided).hasSize(1 + Math.min(frame, 4));
                guided.subList(1, Math.max(1, guided.size() - 2)).forEach(back -> recalled.add(back.frame()));
            }
            assertThat(recalled).hasSizeGreaterThan(2);
        }
    }

    @Test
    void aCacheWithoutTiersRefusesThePlan() {
        try (Backend backend = Backends.of("plain");
                CacheWorld world = new CacheWorld(backend, 1, CacheBudget.unlimited(), false)) {
            world.collect(TWO.signals());
            for (int frame = 0; frame < 3; frame++) {
                world.frame();
            }
            assertThatThrownBy(() -> world.apply(TWO.plan(world.view(TWO.signals()), Budget.unlimited())))
                    .isInstanceOf(InvalidPlanException.class)
                    .hasMessage("the plan archives frame 1, and this cache has no archive");
        }
    }

    @Test
    void sizesAreRefusedByName() {
        assertThatThrownBy(() -> TWO.withTiers(0, 0, Path.of("")))
                .hasMessage("hostBytes must be at least 1 byte, got 0");
        assertThatThrownBy(() -> TWO.withArchive(0)).hasMessage("archive must be at least 1 frame, got 0");
        assertThatThrownBy(() -> PolicyPresets.parse("{\"policy\": \"rekv\", \"diskBytes\": -1}"))
                .hasMessage("$.diskBytes is -1; it must be a whole number of bytes, at least 0");
        assertThat(PolicyPresets.parse("{\"policy\": \"rekv\", \"directory\": \"/tmp\", \"hostBytes\": 5}"))
                .isEqualTo(TWO.withTiers(5, TWO.diskBytes(), Path.of("/tmp")));
    }

    private static List<Long> frames(CompactionPlan plan) {
        return plan.frames().stream().map(FramePlan::frame).toList();
    }

    private static float[] mean(float[] queries) {
        float[] mean = new float[4];
        for (int at = 0; at < queries.length; at++) {
            mean[at % 4] += queries[at] * 4 / queries.length;
        }
        return mean;
    }

    private static float[] scaled(float[] vector, float by) {
        float[] scaled = vector.clone();
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] *= by;
        }
        return scaled;
    }
}
