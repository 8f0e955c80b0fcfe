package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.InvalidPlanException;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Token;
import io.packcache.kvcache.position.Positions;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Heads that hold different tokens, frames in pages, folds: what is left must still be what the table says it is. */
class CellsTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final int TEXT = 5;
    private static final int CONTENT = Clip.GRID.contentLength();
    private static final Encoding VERBATIM = Encoding.of(new Verbatim("verbatim"));

    @Test
    void headsThatKeepDifferentTokensHoldOnlyThoseAndTheirMemoryIsFreedAtTheNextGrowth() {
        try (Clip clip = clip(3)) {
            KvCache cache = clip.cache();
            long whole = cache.usedBytes();
            clip.apply(plan(3, new FramePlan(0, 0, byHead(3, 5)), whole(1, 1), whole(2, 2)));

            assertThat(cache.view().frames().get(0).held()).isEqualTo(byHead(3, 5));
            assertThat(cache.rows(0)[0].count()).isEqualTo(cache.rows(0)[1].count() - 2);
            assertThat(cache.size()).isEqualTo(TEXT + 3 * Clip.GRID.frameLength() - CONTENT + 6);
            assertThat(cache.tokens()).isEqualTo(TEXT + 3 * Clip.GRID.frameLength() - CONTENT + 4);
            assertThat(cache.usedBytes()).isLessThan(whole);
            clip.assertRowsMatchTable(0);
            clip.frames(2);
            clip.assertRowsMatchTable(0);
            assertBytesAreExact(cache);
        }
    }

    @Test
    void headsThatComeToHoldTheSameShareOneLayoutAgain() {
        try (Clip clip = clip(2)) {
            clip.apply(plan(2, new FramePlan(0, 0, byHead(3, 5)), whole(1, 1)));
            assertThat(clip.cache().storage().layouts).hasSize(2);
            clip.apply(plan(2, whole(1, 1)));
            assertThat(clip.cache().storage().layouts).hasSize(1);
            assertThat(clip.cache().storage().layouts.get(0).isWhole()).isTrue();
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void tokensThatAHeadLacksStayAwayWhenTheyAreKeptByAll() {
        try (Clip clip = clip(2)) {
            clip.apply(plan(2, new FramePlan(0, 0, byHead(3, 5)), whole(1, 1)));
            clip.apply(plan(2, new FramePlan(0, 0, some(content -> content < 6)), whole(1, 1)));

            assertThat(clip.cache().view().frames().get(0).held()).isEqualTo(byHead(3, 5));
        }
    }

    @Test
    void aFrameMovesIntoPagesAndTurnsWithoutBeingEncodedAnew() {
        try (Clip clip = clip(4)) {
            KvCache cache = clip.cache();
            clip.apply(plan(4, whole(0, 0).withEncoding(VERBATIM), whole(1, 1), whole(2, 2), whole(3, 3)));
            FrameView encoded = cache.view().frames().get(0);
            assertThat(encoded.encoding()).isEqualTo(VERBATIM);
            assertThat(encoded.held()).isEqualTo(Selection.everywhere(all()));
            assertThat(cache.rows(1)[0].pages()).singleElement().satisfies(page -> {
                assertThat(page.rows()).isEqualTo(CONTENT);
                assertThat(page.cos()).isNull();
            });
            assertThat(cache.rows(1)[0].count()).isEqualTo(cache.size() - CONTENT);
            Object codes = cache.rows(1)[0].pages().get(0).keys();

            clip.apply(plan(9, whole(0, 5), whole(1, 6), whole(3, 8)));
            assertThat(cache.rows(1)[0].pages().get(0).keys()).isSameAs(codes);
            assertThat(cache.rows(1)[0].pages().get(0).cos()).isNotNull();
            clip.assertRowsMatchTable(1e-5);
            assertBytesAreExact(cache);

            clip.apply(plan(9, new FramePlan(0, 0, some(content -> content % 3 == 0)), whole(1, 6), whole(3, 8)));
            assertThat(cache.rows(1)[0].pages().get(0).cos()).isNull();
            assertThat(cache.rows(1)[0].pages().get(0).rows()).isEqualTo(CONTENT / 3);
            clip.assertRowsMatchTable(1e-5);
            clip.frames(2);
            clip.assertRowsMatchTable(1e-5);
            assertBytesAreExact(cache);
        }
    }

    @Test
    void anotherEncodingIsADemotionAndRawLeavesWhatIsEncoded() {
        Encoding fewer = Encoding.of(new Verbatim("fewer"));
        try (Clip clip = clip(2)) {
            clip.apply(plan(2, whole(0, 0).withEncoding(VERBATIM), whole(1, 1)));
            clip.apply(plan(7, whole(0, 3), whole(1, 6)));
            clip.apply(plan(7, whole(0, 3).withEncoding(fewer), whole(1, 6)));
            assertThat(clip.cache().view().frames().get(0).encoding()).isEqualTo(fewer);
            clip.assertRowsMatchTable(1e-5);
            clip.apply(plan(7, whole(0, 3), whole(1, 6)));
            assertThat(clip.cache().view().frames().get(0).encoding()).isEqualTo(fewer);
        }
    }

    @Test
    void aFoldOfEqualKeysIsTheirMeanValueWithTheirNumber() {
        try (Clip clip = clip(2)) {
            KvCache cache = clip.cache();
            int into = row(1, 4);
            float[] key = clip.raw(into, 1, 1);
            int from = row(0, 7);
            cache.keys(1)[1].write(from, Clip.rotated(key, cache.table().position(from)), 0, 1);
            float[] expected = clip.raw(into, 1, 1).clone();
            float[] other = clip.raw(from, 1, 1);
            for (int channel = 0; channel < expected.length; channel++) {
                expected[channel] = (expected[channel] + other[channel]) / 2;
            }

            Fold fold = new Fold(
                    1, 1, new Token(1, 4), List.of(new Token(0, 7)), new float[] {1, 0}, new float[] {0.5f, 0.5f}, 2);
            Selection allButSeven = byHeadOfLayerOne(content -> content != 7);
            clip.apply(plan(2, new FramePlan(0, 0, allButSeven), whole(1, 1).withFolds(List.of(fold))));

            float[] row = new float[Clip.SHAPE.headSize()];
            int at = cache.rows(1)[1].count() - Clip.GRID.frameLength() + Clip.GRID.markersBefore() + 4;
            cache.values(1)[1].read(at, row, 0, 1);
            assertThat(row).containsExactly(expected);
            cache.keys(1)[1].read(at, row, 0, 1);
            float[] turned = Clip.rotated(key, cache.table().position(row(1, 4)));
            for (int channel = 0; channel < row.length; channel++) {
                assertThat(row[channel]).isCloseTo(turned[channel], within(1e-5f));
            }
            assertThat(cache.rows(1)[1].bias()[at]).isEqualTo((float) Math.log(2));
            assertThat(cache.view().frames().get(1).multiplicities().at(1, 1, 4))
                    .isEqualTo(2);
            assertThat(cache.view().frames().get(1).multiplicities().at(1, 1, 5))
                    .isEqualTo(1);
            assertBytesAreExact(cache);
        }
    }

    @Test
    void aPageThatSomethingIsFoldedIntoIsEncodedAnewAndOthersAreNot() {
        try (Clip clip = clip(3)) {
            KvCache cache = clip.cache();
            clip.apply(plan(3, whole(0, 0).withEncoding(VERBATIM), whole(1, 1).withEncoding(VERBATIM), whole(2, 2)));
            Object untouched = cache.rows(0)[0].pages().get(1).keys();
            Fold fold = new Fold(
                    0, 1, new Token(0, 2), List.of(new Token(2, 3)), new float[] {1, 0}, new float[] {0, 1}, 2);
            float[] value = clip.raw(row(2, 3), 0, 1);
            FramePlan rest = new FramePlan(2, 2, some(content -> content != 3));
            clip.apply(plan(3, whole(0, 0).withFolds(List.of(fold)), whole(1, 1), rest));

            float[] row = new float[Clip.SHAPE.headSize()];
            cache.rows(0)[1].pages().get(0).values().decode(2, 1, row, 0);
            assertThat(row).containsExactly(value);
            assertThat(cache.rows(0)[1].pages().get(0).bias()[2]).isEqualTo((float) Math.log(2));
            assertThat(cache.rows(0)[0].pages().get(0).bias()).isNull();
            assertThat(cache.rows(0)[0].pages().get(1).keys()).isSameAs(untouched);
            assertBytesAreExact(cache);
        }
    }

    @Test
    void foldsThatDoNotFitAreRefused() {
        Token into = new Token(1, 4);
        assertRefused(fold(0, 9, into, new Token(0, 7)), "the plan folds in layer 0, head 9; the cache has");
        assertRefused(fold(0, 0, new Token(1, 3), new Token(0, 7)), "the plan of frame 1 folds into");
        assertRefused(fold(0, 0, into, new Token(0, 2)), "it must be held and must not be kept");
        assertRefused(fold(0, 0, into, new Token(7, 2)), "it must be held and must not be kept");
    }

    @Test
    void aPlanThatArchivesIsRefusedByACacheWithoutAnArchive() {
        try (Clip clip = clip(1)) {
            assertThatThrownBy(() -> clip.apply(plan(1, whole(0, 0)).withArchive(Set.of(0L))))
                    .isInstanceOf(InvalidPlanException.class)
                    .hasMessage("the plan archives frame 0, and this cache has no archive");
        }
    }

    private static void assertRefused(Fold fold, String message) {
        try (Clip clip = clip(2)) {
            FramePlan target = new FramePlan(1, 1, some(content -> content > 3)).withFolds(List.of(fold));
            assertThatThrownBy(() -> clip.apply(plan(2, new FramePlan(0, 0, some(c -> c < 7)), target)))
                    .isInstanceOf(InvalidPlanException.class)
                    .hasMessageContaining(message);
            clip.assertRowsMatchTable(0);
        }
    }

    @Test
    void anyPlansInAnyOrderLeaveRowsThatMatchTheTableAndExactBytes() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            try (Clip clip = clip(2)) {
                for (int step = 0; step < 25; step++) {
                    if (random.nextInt(4) == 0) {
                        clip.frames(1);
                    }
                    clip.apply(random(clip.cache(), random));
                    clip.assertRowsMatchTable(1e-4);
                    assertBytesAreExact(clip.cache());
                }
            }
        }
    }

    private static CompactionPlan random(KvCache cache, Random random) {
        List<FrameView> frames = cache.view().frames();
        long[] slot = {random.nextInt(3)};
        List<FramePlan> plans = frames.stream()
                .filter(frame -> random.nextInt(8) > 0)
                .map(frame -> {
                    Selection kept = random.nextInt(3) == 0 ? thinned(frame.held(), random) : frame.held();
                    slot[0] += 1 + random.nextInt(2);
                    Encoding encoding = random.nextInt(5) == 0 ? VERBATIM : Encoding.RAW;
                    return new FramePlan(frame.frame(), slot[0], kept).withEncoding(encoding);
                })
                .toList();
        return new CompactionPlan(1 + random.nextInt(6), plans, slot[0] + 1);
    }

    private static Selection thinned(Selection held, Random random) {
        if (random.nextBoolean()) {
            return held.map(part -> thinned(part, random));
        }
        BitSet[][] cells = new BitSet[Clip.SHAPE.layers()][Clip.SHAPE.kvHeads()];
        for (int layer = 0; layer < cells.length; layer++) {
            for (int head = 0; head < cells[layer].length; head++) {
                cells[layer][head] = thinned(held.at(layer, head), random);
            }
        }
        return Selection.byCell(cells);
    }

    private static BitSet thinned(BitSet part, Random random) {
        BitSet thinned = new BitSet();
        part.stream().filter(content -> random.nextInt(4) > 0).forEach(thinned::set);
        return thinned;
    }

    private static void assertBytesAreExact(KvCache cache) {
        assertThat(cache.residentBytes())
                .isEqualTo(OwnedArrays.bytes(cache.storage(), Backend.class, Positions.class)
                        - (long) Clip.SHAPE.kvHeads() * Integer.BYTES);
    }

    private static Fold fold(int layer, int head, Token into, Token from) {
        return new Fold(layer, head, into, List.of(from), new float[] {1, 0}, new float[] {0.5f, 0.5f}, 2);
    }

    private static Clip clip(int frames) {
        return new Clip(PLAIN, TEXT, CacheBudget.unlimited()).frames(frames);
    }

    private static int row(int frame, int content) {
        return TEXT + frame * Clip.GRID.frameLength() + Clip.GRID.markersBefore() + content;
    }

    /** The first so many tokens of the frame in head 0 and in head 1 of both layers. */
    private static Selection byHead(int first, int second) {
        BitSet a = some(content -> content < first);
        BitSet b = some(content -> content >= 1 && content < 1 + second);
        return Selection.byCell(new BitSet[][] {{a, b}, {a, b}});
    }

    private static Selection byHeadOfLayerOne(IntPredicate kept) {
        return Selection.byCell(new BitSet[][] {{all(), all()}, {all(), some(kept)}});
    }

    private static FramePlan whole(long frame, long slot) {
        return new FramePlan(frame, slot, all());
    }

    private static CompactionPlan plan(long nextSlot, FramePlan... frames) {
        return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(frames), nextSlot);
    }

    private static BitSet all() {
        return some(content -> true);
    }

    private static BitSet some(IntPredicate stays) {
        BitSet kept = new BitSet();
        IntStream.range(0, CONTENT).filter(stays).forEach(kept::set);
        return kept;
    }
}
