package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.rows.PairedRows;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.InvalidPlanException;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.MiniCache;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.kvcache.policy.SnapKv;
import io.packcache.kvcache.position.Positions;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames whose layers share directions, in real caches. */
class PairedFramesTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final int CONTENT = Clip.GRID.contentLength();

    /** With weight 0 and layers merged whatever their angle, the first layer of a pair is as it was. */
    private static final Encoding PAIRED = Encoding.of(Codecs.keys("float32")).paired(new LayerPairs(0, 0, 0));

    @Test
    void aPairTakesHalfTheBytesAndIsCountedToTheByte() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(2)) {
            long before = clip.cache().usedBytes();
            clip.apply(plan(new FramePlan(0, 0, all()).withEncoding(PAIRED), new FramePlan(1, 1, all())));

            long rows = (long) Clip.SHAPE.cells() * CONTENT * 2 * Clip.SHAPE.headSize() * Float.BYTES;
            long lengths = (long) Clip.SHAPE.cells() * CONTENT * 2 * Float.BYTES;
            long saved = before - clip.cache().usedBytes();
            assertThat(saved).isBetween(rows / 2 - lengths - 1_000, rows / 2 - lengths);
            assertBytesAreExact(clip.cache());
            assertThat(clip.cache().view().frames().get(0).encoding()).isEqualTo(PAIRED);
        }
    }

    @Test
    void aPairMovesInTimeIsThinnedAndSharesAllTheWhile() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(3)) {
            KvCache cache = clip.cache();
            clip.apply(plan(
                    new FramePlan(0, 0, all()).withEncoding(PAIRED),
                    new FramePlan(1, 1, all()),
                    new FramePlan(2, 2, all())));
            float[] before = keys(cache, 1);
            clip.apply(new CompactionPlan(
                    9, List.of(new FramePlan(0, 3, few()), new FramePlan(1, 4, all()), new FramePlan(2, 5, all())), 6));

            assertThat(keys(cache, 1)).hasSize(few().cardinality() * Clip.SHAPE.headSize());
            assertThat(cache.rows(1)[0].pages().get(0).cos()).isNotNull();
            assertThat(keys(cache, 1)[0]).isEqualTo(before[2 * Clip.SHAPE.headSize()]);
            assertThat(paired(cache, 1).shared()).isSameAs(paired(cache, 0).shared());
            assertThat(paired(cache, 0).leads()).isTrue();
            assertThat(paired(cache, 1).leads()).isFalse();
            assertBytesAreExact(cache);
        }
    }

    @Test
    void layersThatKeepDifferentTokensCannotBePaired() {
        Selection byLayer = Selection.byLayer(List.of(all(), few()));
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(2)) {
            assertThatThrownBy(() -> clip.apply(
                            plan(new FramePlan(0, 0, byLayer).withEncoding(PAIRED), new FramePlan(1, 1, all()))))
                    .isInstanceOf(InvalidPlanException.class)
                    .hasMessage(
                            "the plan pairs layers 0 and 1 of frame 0, head 0, and keeps other tokens in one than in"
                                    + " the other; layers that are paired keep the same");
            clip.assertRowsMatchTable(0);
            clip.apply(plan(new FramePlan(0, 0, all()).withEncoding(PAIRED), new FramePlan(1, 1, all())));
            assertThatThrownBy(() -> clip.apply(plan(new FramePlan(0, 0, byLayer), new FramePlan(1, 1, all()))))
                    .hasMessageStartingWith("the plan pairs layers 0 and 1 of frame 0, head 0");
        }
    }

    @Test
    void aSnapshotKeepsPairsAndWhatTheyShare() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(2);
                Clip other = new Clip(PLAIN, 1, CacheBudget.unlimited())) {
            clip.apply(plan(new FramePlan(0, 0, all()).withEncoding(PAIRED), new FramePlan(1, 1, all())));
            other.cache().restore(CacheSnapshot.of(clip.cache().snapshot(null).parts()));

            assertThat(other.cache().view()).isEqualTo(clip.cache().view());
            assertThat(other.cache().usedBytes()).isEqualTo(clip.cache().usedBytes());
            assertThat(keys(other.cache(), 1)).isEqualTo(keys(clip.cache(), 1));
            assertThat(paired(other.cache(), 1).shared())
                    .isSameAs(paired(other.cache(), 0).shared());
            assertBytesAreExact(other.cache());
        }
    }

    @Test
    void theNewestFrameStaysRawAndABaseThatChoosesByLayerIsRefused() {
        try (CacheWorld world = new CacheWorld(PLAIN, 1, CacheBudget.unlimited(), false)) {
            MiniCache whole = MiniCache.defaults().withBase(new FullCache()).withDepth(0);
            world.frame();
            world.frame();
            world.apply(whole.plan(world.view(whole.signals()), Budget.unlimited()));
            assertThat(world.branch(0).view().frames())
                    .extracting(frame -> frame.encoding().toString())
                    .containsExactly("raw", "float32/float32 in layer pairs", "raw");

            MiniCache byLayer = whole.withBase(SnapKv.defaults());
            world.collect(byLayer.signals());
            world.frame();
            CompactionPlan plan = byLayer.plan(world.view(byLayer.signals()), new Budget(20));
            assertThatThrownBy(() -> world.apply(plan)).isInstanceOf(InvalidPlanException.class);
        }
        assertThat(PolicyPresets.of("minicache+int4"))
                .isEqualTo(MiniCache.defaults().withCodec("int4"));
    }

    private static PairedRows paired(KvCache cache, int layer) {
        return (PairedRows) cache.rows(layer)[0].pages().get(0).keys();
    }

    private static float[] keys(KvCache cache, int layer) {
        PairedRows rows = paired(cache, layer);
        float[] keys = new float[rows.rows() * rows.columns()];
        rows.decode(0, rows.rows(), keys, 0);
        return keys;
    }

    private static CompactionPlan plan(FramePlan... frames) {
        return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(frames), frames.length);
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, CONTENT);
        return all;
    }

    private static BitSet few() {
        BitSet few = new BitSet();
        few.set(2, 9);
        return few;
    }

    private static void assertBytesAreExact(KvCache cache) {
        assertThat(cache.residentBytes())
                .isEqualTo(OwnedArrays.bytes(cache.storage(), Backend.class, Positions.class)
                        - (long) Clip.SHAPE.kvHeads() * Integer.BYTES);
    }
}
