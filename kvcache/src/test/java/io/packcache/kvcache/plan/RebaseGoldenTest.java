package io.packcache.kvcache.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.Clip;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.Safetensors;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dropping a frame, thinning the next and moving it back gives the cache that the original model would have. */
class RebaseGoldenTest {

    private static final FrameGrid GRID = new FrameGrid(4, 8, 3, 1);
    private static final int PREFIX = 12;
    private static final int LAYERS = 2;
    private static final int HEADS = 2;
    private static final int HEAD_SIZE = 32;

    private final Safetensors golden = new Safetensors(RebaseGoldenTest.class, "rebase.safetensors");
    private final int[] keep = golden.ints("keep");

    @Test
    void rebasedCacheEqualsTheOriginals() {
        try (Backend backend = Backends.of("plain");
                KvCache cache = new KvCache(
                        backend,
                        new CacheShape(LAYERS, HEADS, HEAD_SIZE),
                        GRID,
                        new Positions(new MmRope(HEAD_SIZE, 10_000), PositionStride.of(GRID)),
                        CacheBudget.unlimited())) {
            cache.stage(tokens());
            cache.commit();
            fill(cache);

            cache.apply(plan());

            assertThat(cache.size()).isEqualTo(keep.length);
            assertThat(cache.nextSlot()).isEqualTo(2);
            assertPositions(cache);
            assertRows(cache, "k", 1e-5);
            assertRows(cache, "v", 0);
        }
    }

    @Test
    void anglesBetweenOldAndNewPositionAreTheRotationOfTheOriginal() {
        MmRope rope = new MmRope(HEAD_SIZE, 10_000);
        float[] cos = golden.floats("delta.cos");
        float[] sin = golden.floats("delta.sin");
        double[] before = new double[HEAD_SIZE / 2];
        double[] after = new double[HEAD_SIZE / 2];
        for (int i = 0; i < keep.length; i++) {
            rope.angles(position("pos.", keep[i]), before);
            rope.angles(position("keep.pos.", i), after);
            for (int pair = 0; pair < before.length; pair++) {
                double delta = after[pair] - before[pair];
                int at = i * before.length + pair;
                assertThat(Math.cos(delta)).as("token %d pair %d", i, pair).isEqualTo(cos[at], within(1e-5));
                assertThat(Math.sin(delta)).as("token %d pair %d", i, pair).isEqualTo(sin[at], within(1e-5));
            }
        }
    }

    private CompactionPlan plan() {
        BitSet[] kept = {new BitSet(), new BitSet(), new BitSet()};
        for (int row : keep) {
            int content = (row - PREFIX) % GRID.frameLength() - GRID.markersBefore();
            if (row >= PREFIX && content >= 0 && content < GRID.contentLength()) {
                kept[(row - PREFIX) / GRID.frameLength()].set(content);
            }
        }
        assertThat(kept[1].isEmpty()).isTrue();
        return new CompactionPlan(
                CompactionPlan.ALL_TEXT, List.of(new FramePlan(0, 0, kept[0]), new FramePlan(2, 1, kept[2])), 2);
    }

    private List<TokenInfo> tokens() {
        List<TokenInfo> tokens = new ArrayList<>();
        int width = GRID.columns() + 1;
        for (int row = 0; row < PREFIX + 3 * GRID.frameLength(); row++) {
            TokenPosition position = position("pos.", row);
            int place = (row - PREFIX) % GRID.frameLength();
            int content = place - GRID.markersBefore();
            int frame = (row - PREFIX) / GRID.frameLength();
            if (row < PREFIX) {
                tokens.add(TokenInfo.text(position));
            } else if (content >= 0 && content < GRID.contentLength()) {
                tokens.add(TokenInfo.content(frame, content / width, content % width, false, position));
            } else {
                tokens.add(TokenInfo.marker(frame, content < 0 ? place : GRID.markersBefore(), position));
            }
        }
        return tokens;
    }

    private TokenPosition position(String prefix, int i) {
        if (golden.ints(prefix + "is_visual")[i] == 0) {
            return TokenPosition.text(golden.ints(prefix + "text")[i]);
        }
        return new TokenPosition(
                true,
                golden.ints(prefix + "text")[i],
                golden.ints(prefix + "t")[i],
                golden.ints(prefix + "h")[i],
                golden.ints(prefix + "w")[i]);
    }

    private void fill(KvCache cache) {
        float[] keys = golden.floats("cache_before.k");
        float[] values = golden.floats("cache_before.v");
        int block = cache.size() * HEAD_SIZE;
        for (int i = 0; i < LAYERS * HEADS; i++) {
            cache.keys(i / HEADS)[i % HEADS].write(0, keys, i * block, cache.size());
            cache.values(i / HEADS)[i % HEADS].write(0, values, i * block, cache.size());
        }
    }

    private void assertPositions(KvCache cache) {
        for (int row = 0; row < keep.length; row++) {
            assertThat(cache.table().position(row)).as("row %d", row).isEqualTo(position("keep.pos.", row));
        }
    }

    private void assertRows(KvCache cache, String kind, double tolerance) {
        float[] expected = golden.floats("cache_rebased." + kind);
        int block = keep.length * HEAD_SIZE;
        for (int i = 0; i < LAYERS * HEADS; i++) {
            Tensor tensor = kind.equals("k") ? cache.keys(i / HEADS)[i % HEADS] : cache.values(i / HEADS)[i % HEADS];
            float[] actual = Clip.rows(tensor, keep.length);
            for (int at = 0; at < block; at++) {
                assertThat((double) actual[at])
                        .as("%s of layer %d head %d at %d", kind, i / HEADS, i % HEADS, at)
                        .isEqualTo(expected[i * block + at], within(tolerance));
            }
        }
    }
}
