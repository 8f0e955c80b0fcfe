package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.InvalidPlanException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompactionTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final int TEXT = 5;
    private static final int FRAME = Clip.GRID.frameLength();
    private static final int TENSORS = 8;

    @Test
    void whatStaysWhereItIsIsNotCopied() {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), TEXT, CacheBudget.unlimited()).frames(3)) {
            recording.forget();
            clip.apply(plan(3, keep(0, 0, all()), keep(1, 1, all()), keep(2, 2, all())));

            assertThat(recording.calls("gather")).isZero();
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void adjacentRowsMoveInOneRun() {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), TEXT, CacheBudget.unlimited()).frames(4)) {
            recording.forget();
            clip.apply(plan(4, keep(0, 0, all()), keep(2, 2, all()), keep(3, 3, all())));

            assertThat(recording.calls("gather")).isOne();
            assertThat(recording.stretches()).isEqualTo(2);
            assertThat(clip.cache().size()).isEqualTo(TEXT + 3 * FRAME);
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void contentOfAFrameTurnsInOneCall() {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), TEXT, CacheBudget.unlimited()).frames(2)) {
            recording.forget();
            clip.apply(plan(1, keep(1, 0, all())));

            assertThat(recording.calls("gather")).isOne();
            assertThat(recording.stretches()).isEqualTo(2 + Clip.GRID.markers());
            clip.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void thinnedContentClosesUpInOrder() {
        try (Clip clip =
                new Clip(PLAIN, TEXT, CacheBudget.unlimited()).condition().frames(2)) {
            BitSet odd = some(content -> content % 2 == 1);
            clip.apply(plan(3, keep(0, 0, odd), keep(2, 2, some(content -> content == 7))));

            assertThat(clip.cache().view().frames())
                    .containsExactly(
                            new FrameView(0, 0, true, odd, new BitSet()),
                            new FrameView(2, 2, false, some(content -> content == 7), new BitSet()));
            assertThat(clip.cache().nextSlot()).isEqualTo(3);
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void aFrameWithAnEmptyShareKeepsItsMarkers() {
        try (Clip clip = new Clip(PLAIN, TEXT, CacheBudget.unlimited()).frames(2)) {
            clip.apply(plan(2, keep(0, 0, new BitSet()), keep(1, 1, all())));

            assertThat(clip.cache().size()).isEqualTo(TEXT + Clip.GRID.markers() + FRAME);
        }
    }

    @Test
    void textIsThinnedEvenlyAndKeepsBothEnds() {
        try (Clip clip = new Clip(PLAIN, 9, CacheBudget.unlimited()).frames(1)) {
            clip.apply(new CompactionPlan(5, List.of(keep(0, 0, all())), 1));
            assertThat(textIndices(clip)).containsExactly(0, 2, 4, 6, 8);
            clip.apply(new CompactionPlan(5, List.of(keep(0, 0, all())), 1));
            assertThat(textIndices(clip)).containsExactly(0, 2, 4, 6, 8);
            clip.apply(new CompactionPlan(1, List.of(keep(0, 0, all())), 1));
            assertThat(textIndices(clip)).containsExactly(0);
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void pruneThenRotateEqualsRotateThenPrune() {
        BitSet few = some(content -> content % 3 == 0);
        try (Clip first = new Clip(PLAIN, TEXT, CacheBudget.unlimited())
                        .condition()
                        .frames(3);
                Clip second = new Clip(PLAIN, TEXT, CacheBudget.unlimited())
                        .condition()
                        .frames(3)) {
            first.apply(plan(4, keep(0, 0, all()), keep(2, 2, few), keep(3, 3, all())));
            first.apply(plan(3, keep(0, 0, all()), keep(2, 1, few), keep(3, 2, all())));

            second.apply(plan(3, keep(0, 0, all()), keep(2, 1, all()), keep(3, 2, all())));
            second.apply(plan(3, keep(0, 0, all()), keep(2, 1, few), keep(3, 2, all())));

            assertThat(first.cache().view()).isEqualTo(second.cache().view());
            for (int tensor = 0; tensor < TENSORS / 2; tensor++) {
                assertThat(Clip.rows(
                                first.cache().keys(tensor / 2)[tensor % 2],
                                first.cache().size()))
                        .isEqualTo(Clip.rows(
                                second.cache().keys(tensor / 2)[tensor % 2],
                                second.cache().size()));
            }
            first.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void tenThousandMovesStayWithinAFreshRotation() {
        Random random = new Random(7);
        try (Clip clip = new Clip(PLAIN, TEXT, CacheBudget.unlimited()).frames(1)) {
            for (int move = 0; move < 10_000; move++) {
                long slot = random.nextInt(200);
                clip.apply(plan(slot + 1, keep(0, slot, all())));
            }
            clip.assertRowsMatchTable(1e-4);
        }
    }

    @Test
    void onePlanKeepsTheSameFrameTokensInBothBranches() {
        try (Clip guided = new Clip(PLAIN, 9, CacheBudget.unlimited()).frames(3);
                Clip unguided = new Clip(PLAIN, 2, CacheBudget.unlimited()).frames(3)) {
            CompactionPlan plan =
                    new CompactionPlan(4, List.of(keep(1, 0, some(content -> content > 6)), keep(2, 1, all())), 2);
            guided.apply(plan);
            unguided.apply(plan);

            assertThat(guided.cache().view().frames())
                    .isEqualTo(unguided.cache().view().frames());
            assertThat(guided.cache().view().textTokens()).isEqualTo(4);
            assertThat(unguided.cache().view().textTokens()).isEqualTo(2);
            guided.assertRowsMatchTable(1e-5);
            unguided.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void plansThatDoNotFitAreRefusedAndNothingIsTouched() {
        FramePlan condition = keep(0, 0, all());
        assertRefused(plan(2, keep(1, 1, all())), "conditioning frame 0 must stay, the plan leaves it out");
        assertRefused(plan(2, keep(0, 0, new BitSet())), "conditioning frame 0 must keep at least 1 token");
        assertRefused(plan(5, condition, keep(4, 4, all())), "the plan keeps frame 4, which the cache does not hold");
        assertRefused(
                plan(3, condition, keep(2, 2, some(content -> content == 1))),
                "the plan keeps token 1 of frame 2, which the cache does not hold");
        assertRefused(
                plan(3, condition, keep(2, 1, new BitSet()), keep(1, 2, all())),
                "frame 1 at slot 2 cannot follow frame 2 at slot 1");
        assertRefused(
                plan(3, condition, keep(1, 1, all()), keep(2, 1, new BitSet())),
                "frame 2 at slot 1 cannot follow frame 1 at slot 1");
        assertRefused(
                plan(3, condition, keep(1, 1, all()), keep(1, 2, all())), "frame 1 at slot 2 cannot follow frame 1");
        assertRefused(plan(3, keep(0, -1, all())), "frame 0 cannot stand at slot -1");
        assertRefused(
                plan(1, condition, keep(1, 1, all())),
                "the next frame cannot go to slot 1; the newest kept frame stands at slot 1");
        assertRefused(new CompactionPlan(0, List.of(condition), 1), "a plan keeps at least 1 text token");
    }

    @Test
    void stagedTokensForbidCompaction() {
        try (Clip clip = new Clip(PLAIN, TEXT, CacheBudget.unlimited())) {
            clip.stage(false, content -> false);
            assertThatThrownBy(() -> clip.apply(plan(0)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("while " + FRAME + " tokens are staged");
        }
    }

    private static void assertRefused(CompactionPlan plan, String message) {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), TEXT, CacheBudget.unlimited())
                .condition()
                .frames(2)) {
            clip.apply(plan(3, keep(0, 0, all()), keep(1, 1, all()), keep(2, 2, some(content -> content > 1))));
            CacheView before = clip.cache().view();
            recording.forget();

            assertThatThrownBy(() -> clip.apply(plan))
                    .isInstanceOf(InvalidPlanException.class)
                    .hasMessageStartingWith(message);
            assertThat(clip.cache().view()).isEqualTo(before);
            assertThat(recording.calls("gather")).isZero();
            clip.assertRowsMatchTable(0);
        }
    }

    private static CompactionPlan plan(long nextSlot, FramePlan... frames) {
        return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(frames), nextSlot);
    }

    private static FramePlan keep(long frame, long slot, BitSet kept) {
        return new FramePlan(frame, slot, kept);
    }

    private static BitSet all() {
        return some(content -> true);
    }

    private static BitSet some(IntPredicate stays) {
        BitSet kept = new BitSet();
        IntStream.range(0, Clip.GRID.contentLength()).filter(stays).forEach(kept::set);
        return kept;
    }

    private static List<Integer> textIndices(Clip clip) {
        List<Integer> indices = new ArrayList<>();
        for (int row = 0; row < clip.cache().size(); row++) {
            if (clip.cache().table().role(row) == TokenRole.TEXT) {
                indices.add(clip.cache().table().position(row).index());
            }
        }
        return indices;
    }
}
