package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheSnapshotTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final Encoding VERBATIM = Encoding.of(new Verbatim("verbatim"));

    @Test
    void aRestoredCacheIsTheOneThatWasSavedAndGoesOnAsIfNothingHadHappened() {
        try (Clip clip = mixed();
                Clip unbroken = mixed()) {
            CacheSnapshot snapshot = clip.cache().snapshot(null);
            clip.apply(slide(clip.cache()));
            clip.frames(3);
            clip.cache().restore(snapshot);

            assertSame(clip.cache(), unbroken.cache());
            clip.assertRowsMatchTable(1e-5);
            CompactionPlan plan = slide(unbroken.cache());
            clip.apply(plan);
            unbroken.apply(plan);
            assertSame(clip.cache(), unbroken.cache());
        }
    }

    @Test
    void aSnapshotFitsAFreshCacheAndMayBeRestoredTwice() {
        try (Clip clip = mixed();
                Clip other = new Clip(PLAIN, 1, CacheBudget.unlimited())) {
            CacheSnapshot snapshot = clip.cache().snapshot(null);
            other.cache().restore(snapshot);
            assertSame(clip.cache(), other.cache());
            other.apply(slide(other.cache()));
            other.cache().restore(snapshot);
            assertSame(clip.cache(), other.cache());
        }
    }

    @Test
    void aReusedSnapshotWritesOverItsArrays() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(3)) {
            CacheSnapshot snapshot = clip.cache().snapshot(null);
            float[] keys = snapshot.keys[0];
            clip.apply(slide(clip.cache()));
            CacheSnapshot again = clip.cache().snapshot(snapshot);

            assertThat(again).isSameAs(snapshot);
            assertThat(again.keys[0]).isSameAs(keys);
            clip.frames(1);
            clip.cache().restore(again);
            clip.assertRowsMatchTable(1e-5);
            assertThat(clip.cache().view().frames()).hasSize(2);
        }
    }

    @Test
    void snapshotsOfOtherCachesAreRefusedAndNothingIsTouched() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.tokens(200)).frames(2);
                Clip long_ = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(12);
                KvCache wide = new KvCache(
                        PLAIN, new CacheShape(2, 3, 32), Clip.GRID, Clip.POSITIONS, CacheBudget.unlimited())) {
            assertThatThrownBy(() -> clip.cache().restore(wide.snapshot(null)))
                    .hasMessageStartingWith("a snapshot of CacheShape[layers=2, kvHeads=3");
            assertThatThrownBy(() -> clip.cache().restore(long_.cache().snapshot(null)))
                    .isInstanceOf(CacheBudgetExceededException.class);
            clip.assertRowsMatchTable(0);
            clip.stage(false, content -> false);
            assertThatThrownBy(() -> clip.cache().snapshot(null))
                    .hasMessage("a snapshot cannot be taken while 19 tokens are staged; commit or roll back first");
        }
    }

    /** A cache with pages that have turned, and heads that hold different tokens. */
    static Clip mixed() {
        return mixed(VERBATIM);
    }

    /** The same with other pages. */
    static Clip mixed(Encoding encoding) {
        Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).condition().frames(3);
        BitSet all = new BitSet();
        all.set(0, Clip.GRID.contentLength());
        BitSet few = new BitSet();
        few.set(2, 9);
        Selection byHead = Selection.byCell(new BitSet[][] {{all, few}, {few, few}});
        clip.apply(new CompactionPlan(
                4,
                List.of(
                        new FramePlan(0, 0, all),
                        new FramePlan(1, 1, all).withEncoding(encoding),
                        new FramePlan(2, 2, byHead),
                        new FramePlan(3, 3, all)),
                4));
        clip.apply(new CompactionPlan(
                4,
                List.of(
                        new FramePlan(0, 0, all),
                        new FramePlan(1, 2, byHead),
                        new FramePlan(2, 4, byHead),
                        new FramePlan(3, 5, all)),
                7));
        return clip;
    }

    private static CompactionPlan slide(KvCache cache) {
        List<FrameView> frames = cache.view().frames();
        List<FramePlan> plans = frames.subList(1, frames.size()).stream()
                .map(frame -> new FramePlan(frame.frame(), frame.frame(), frame.held()))
                .toList();
        boolean condition = frames.get(0).condition();
        FrameView first = frames.get(0);
        List<FramePlan> all =
                condition ? List.of(new FramePlan(first.frame(), 0, first.held()), plans.get(1), plans.get(2)) : plans;
        return new CompactionPlan(3, all, 20);
    }

    private static void assertSame(KvCache actual, KvCache expected) {
        assertThat(actual.view()).isEqualTo(expected.view());
        assertThat(actual.nextSlot()).isEqualTo(expected.nextSlot());
        assertThat(actual.usedBytes()).isEqualTo(expected.usedBytes());
        for (int token = 0; token < expected.size(); token++) {
            assertThat(actual.table().position(token))
                    .isEqualTo(expected.table().position(token));
        }
        for (int layer = 0; layer < expected.shape().layers(); layer++) {
            for (int head = 0; head < expected.shape().kvHeads(); head++) {
                assertSame(actual.rows(layer)[head], expected.rows(layer)[head]);
            }
        }
    }

    private static void assertSame(CellRows actual, CellRows expected) {
        assertThat(actual.count()).isEqualTo(expected.count());
        assertThat(Clip.rows(actual.keys(), actual.count())).isEqualTo(Clip.rows(expected.keys(), expected.count()));
        assertThat(Clip.rows(actual.values(), actual.count()))
                .isEqualTo(Clip.rows(expected.values(), expected.count()));
        assertThat(actual.pages()).hasSameSizeAs(expected.pages());
        for (int page = 0; page < expected.pages().size(); page++) {
            float[] codes = new float[expected.pages().get(page).rows() * Clip.SHAPE.headSize()];
            float[] others = codes.clone();
            expected.pages()
                    .get(page)
                    .keys()
                    .decode(0, expected.pages().get(page).rows(), codes, 0);
            actual.pages().get(page).keys().decode(0, actual.pages().get(page).rows(), others, 0);
            assertThat(others).isEqualTo(codes);
            assertThat(actual.pages().get(page).cos())
                    .isEqualTo(expected.pages().get(page).cos());
            assertThat(actual.pages().get(page).sin())
                    .isEqualTo(expected.pages().get(page).sin());
        }
    }
}
