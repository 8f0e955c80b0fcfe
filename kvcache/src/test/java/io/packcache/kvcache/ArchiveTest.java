package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.InvalidPlanException;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Token;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.Rotator;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.kvcache.tier.FrameStore;
import io.packcache.kvcache.tier.TierBytes;
import io.packcache.kvcache.tier.TierException;
import io.packcache.kvcache.tier.TierFullException;
import io.packcache.kvcache.tier.TierSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that leave for a tier and come back: the same tokens, the same values, keys where they are to stand. */
class ArchiveTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final int CONTENT = Clip.GRID.contentLength();
    private static final Encoding VERBATIM = Encoding.of(new Verbatim("verbatim"));

    @TempDir
    Path directory;

    @Test
    void aFrameThatComesBackIsTheOneThatLeftFromMemoryAndFromDisk() {
        for (TierSettings tiers : List.of(TierSettings.unlimitedHost(), diskAlone())) {
            try (Clip clip = clip(5, tiers)) {
                KvCache cache = clip.cache();
                clip.apply(plan(3, whole(2, 0), whole(3, 1), whole(4, 2)).withArchive(Set.of(0L, 1L)));
                assertThat(cache.view().frames()).extracting(FrameView::frame).containsExactly(2L, 3L, 4L);
                assertThat(cache.view().archive()).extracting(FrameView::frame).containsExactly(0L, 1L);
                assertThat(cache.view().archive()).extracting(FrameView::slot).containsOnly(-1L);
                clip.frames(1);
                clip.apply(plan(9, whole(1, 2), whole(3, 5), whole(5, 6)).withArchive(Set.of(1L)));

                assertThat(cache.view().frames()).extracting(FrameView::frame).containsExactly(1L, 3L, 5L);
                assertThat(cache.view().frames()).extracting(FrameView::slot).containsExactly(2L, 5L, 6L);
                assertThat(cache.view().frames())
                        .extracting(FrameView::archived)
                        .containsExactly(true, false, false);
                assertThat(cache.view().archive()).extracting(FrameView::frame).containsExactly(1L);
                clip.assertRowsMatchTable(1e-5);
                clip.frames(2);
                clip.assertRowsMatchTable(1e-5);
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void bytesOfEveryTierAreExact() {
        try (Clip clip = clip(6, settings(clipBytes() * 2, 1 << 20))) {
            KvCache cache = clip.cache();
            clip.apply(plan(6, whole(5, 5)).withArchive(Set.of(0L, 1L, 2L, 3L, 4L)));
            cache.archive(settings(clipBytes() * 2, 1 << 20));

            TierBytes bytes = cache.tierBytes();
            assertThat(bytes.disk()).isEqualTo(onDisk()).isPositive();
            assertThat(bytes.host()).isBetween(1L, clipBytes() * 2);
            assertThat(cache.residentBytes())
                    .isEqualTo(OwnedArrays.bytes(cache, Backend.class, Positions.class, Rotator.class, Compaction.class)
                            - (long) Clip.SHAPE.kvHeads() * Integer.BYTES);
            clip.apply(plan(6, whole(5, 5)));
            assertThat(cache.tierBytes().host()).isZero();
            assertThat(cache.view().archive()).isEmpty();
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatIsInATierIsNotAttendedToWhateverBecomesOfIt() throws IOException {
        try (Clip with = clip(4, diskAlone());
                Clip without = clip(4, TierSettings.unlimitedHost())) {
            with.apply(plan(4, whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L)));
            without.apply(plan(4, whole(2, 2), whole(3, 3)));
            with.cache().archive(diskAlone());
            for (Path file : files()) {
                Files.write(file, new byte[7]);
            }
            with.frames(1);
            without.frames(1);
            for (int layer = 0; layer < Clip.SHAPE.layers(); layer++) {
                assertThat(with.cache().rows(layer)[0].count())
                        .isEqualTo(without.cache().rows(layer)[0].count());
                assertThat(Clip.rows(with.cache().keys(layer)[0], with.cache().size()))
                        .isEqualTo(Clip.rows(
                                without.cache().keys(layer)[0], without.cache().size()));
            }
        }
    }

    @Test
    void anAlteredFileIsRefusedWhenItsFrameIsToComeBackAndTheCacheIsAsItWas() throws IOException {
        try (Clip clip = clip(4, diskAlone())) {
            clip.apply(plan(4, whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L)));
            clip.cache().archive(diskAlone());
            Path file = files().stream()
                    .filter(path -> path.endsWith("frame-0.safetensors"))
                    .findFirst()
                    .orElseThrow();
            byte[] good = Files.readAllBytes(file);
            byte[] bad = good.clone();
            bad[bad.length - 5] ^= 1;
            Files.write(file, bad);
            CacheView before = clip.cache().view();
            CompactionPlan back = plan(4, whole(0, 0), whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L));

            assertThatThrownBy(() -> clip.apply(back))
                    .isInstanceOf(TierException.class)
                    .hasMessageMatching("latent frame 0 cannot be recalled from " + file
                            + ": cell\\.\\d+\\.values, bytes \\d+ to \\d+, was altered");
            assertThat(clip.cache().view()).isEqualTo(before);
            clip.assertRowsMatchTable(0);
            Files.write(file, good);
            clip.apply(back);
            clip.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void aTierThatIsFullRefusesThePlanAndForgetsNothing() {
        try (Clip clip = clip(4, settings(clipBytes() * 2, 0))) {
            clip.apply(plan(4, whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L)));
            CacheView before = clip.cache().view();
            assertThatThrownBy(() -> clip.apply(plan(4, whole(3, 3)).withArchive(Set.of(1L, 2L, 3L))))
                    .isInstanceOf(TierFullException.class)
                    .hasMessageStartingWith("there is no room for latent frame ");
            assertThat(clip.cache().view()).isEqualTo(before);
            clip.apply(
                    plan(4, whole(0, 0), whole(1, 1), whole(2, 2), whole(3, 3)).withArchive(Set.of(0L)));
            clip.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void whatDoesNotFitTheBudgetDoesNotComeBack() {
        long tokens = 5 + 3L * Clip.GRID.frameLength();
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.tokens(tokens)).frames(3)) {
            clip.cache().archive(TierSettings.unlimitedHost());
            clip.apply(plan(3, whole(1, 1), whole(2, 2)).withArchive(Set.of(0L)));
            clip.frames(1);
            assertThatThrownBy(() -> clip.apply(plan(4, whole(0, 0), whole(1, 1), whole(2, 2), whole(3, 3))
                            .withArchive(Set.of(0L))))
                    .isInstanceOf(CacheBudgetExceededException.class)
                    .hasMessageContaining("was asked for 19 more, over its limit of 62 tokens");
            assertThat(clip.cache().view().frames()).hasSize(3);
            clip.apply(plan(4, whole(0, 0), whole(2, 2), whole(3, 3)).withArchive(Set.of(0L)));
            clip.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void layersMayTakeBackDifferentFramesAndPartsOfThem() {
        try (Clip clip = clip(4, TierSettings.unlimitedHost())) {
            clip.apply(plan(4, whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L)));
            Selection first = Selection.byLayer(List.of(all(), new BitSet()));
            Selection second = Selection.byLayer(List.of(new BitSet(), few()));
            clip.apply(plan(7, new FramePlan(0, 1, first), new FramePlan(1, 2, second), whole(2, 4), whole(3, 5))
                    .withArchive(Set.of(0L, 1L)));
            assertThat(clip.cache().view().frames().get(0).held()).isEqualTo(first);
            assertThat(clip.cache().view().frames().get(1).held()).isEqualTo(second);
            clip.assertRowsMatchTable(1e-5);

            clip.apply(plan(7, whole(0, 1), new FramePlan(1, 2, second), whole(2, 4), whole(3, 5))
                    .withArchive(Set.of(0L, 1L)));
            assertThat(clip.cache().view().frames().get(0).held()).isEqualTo(Selection.everywhere(all()));
            clip.assertRowsMatchTable(1e-5);
            assertBytesAreExact(clip.cache());
        }
    }

    @Test
    void encodedFramesComeBackAsTheyWereEncodedOrInFewerBits() {
        try (Clip clip = clip(4, TierSettings.unlimitedHost())) {
            clip.apply(plan(4, whole(0, 0).withEncoding(VERBATIM), whole(1, 1), whole(2, 2), whole(3, 3)));
            Object codes = clip.cache().rows(0)[0].pages().get(0).keys();
            assertThat(codes).isNotNull();
            // Verbatim is no codec of files, so that copies of it cannot be read back: one of ours takes its place.
            Encoding floats = Encoding.of(io.packcache.kvcache.codec.Codecs.keys("float32"));
            clip.apply(plan(4, whole(0, 0).withEncoding(floats), whole(1, 1), whole(2, 2), whole(3, 3)));
            clip.apply(plan(4, whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L)));
            clip.apply(plan(9, whole(0, 2), whole(1, 4).withEncoding(floats), whole(2, 6), whole(3, 7))
                    .withArchive(Set.of(0L, 1L)));
            assertThat(clip.cache().view().frames())
                    .extracting(frame -> frame.encoding().toString())
                    .containsExactly("float32/float32", "float32/float32", "raw", "raw");
            clip.assertRowsMatchTable(1e-5);
        }
    }

    @Test
    void theMeanOfTheKeysIsKnownWhileTheFrameIsAway() {
        try (Clip clip = clip(3, TierSettings.unlimitedHost())) {
            float[] held = clip.cache().view(Set.of(Signal.KEY)).signals().meanKey(1, 1, 0);
            clip.apply(plan(3, whole(1, 0), whole(2, 1)).withArchive(Set.of(0L)));
            float[] away = clip.cache().view(Set.of(Signal.KEY)).signals().meanKey(1, 1, 0);
            for (int channel = 0; channel < held.length; channel++) {
                double mean = 0;
                for (int token = 0; token < CONTENT; token++) {
                    mean += raw(token, channel) / CONTENT;
                }
                assertThat(away[channel]).isEqualTo(held[channel]);
                assertThat((double) away[channel]).isCloseTo(mean, within(1e-5));
            }
        }
    }

    private static double raw(int place, int channel) {
        Random random = new Random(((2L * place) * 31 + 1) * 31 + 1);
        double value = 0;
        for (int i = 0; i <= channel; i++) {
            value = random.nextGaussian();
        }
        return value;
    }

    @Test
    void framesThatWereAwayWhileTheTextGrewComeBackBehindIt() {
        try (Clip clip = clip(3, TierSettings.unlimitedHost());
                KvCache text = new KvCache(PLAIN, Clip.SHAPE, Clip.GRID, Clip.POSITIONS, CacheBudget.unlimited())) {
            TokenPosition before = clip.cache().table().position(5 + 7);
            clip.apply(plan(3, whole(1, 1), whole(2, 2)).withArchive(Set.of(0L)));
            List<TokenInfo> tokens = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                tokens.add(TokenInfo.text(TokenPosition.text(i)));
            }
            text.stage(tokens);
            text.commit();
            clip.cache().replaceText(text, 4);
            clip.apply(plan(3, whole(0, 0), whole(1, 1), whole(2, 2)).withArchive(Set.of(0L)));

            assertThat(clip.cache().table().position(9 + 7)).isEqualTo(before.shifted(4));
            assertFramesMatch(clip);
        }
    }

    /** As Clip does for all rows, but for the text, which was exchanged for zeros. */
    private static void assertFramesMatch(Clip clip) {
        Storage storage = clip.cache().storage();
        float[] row = new float[Clip.SHAPE.headSize()];
        for (int token = 9; token < storage.tokens; token++) {
            storage.cells[0].keys.read(token, row, 0, 1);
            float[] expected =
                    Clip.rotated(clip.raw(token, 0, 0), clip.cache().table().position(token));
            for (int channel = 0; channel < row.length; channel++) {
                assertThat(row[channel]).isCloseTo(expected[channel], within(1e-5f));
            }
        }
    }

    @Test
    void snapshotsKeepTheArchiveInMemoryAndInParts() {
        try (Clip clip = clip(5, settings(clipBytes() * 2, 1 << 20));
                Clip other = new Clip(PLAIN, 1, CacheBudget.unlimited())) {
            clip.apply(plan(5, whole(3, 3), whole(4, 4)).withArchive(Set.of(0L, 1L, 2L)));
            CacheSnapshot snapshot = clip.cache().snapshot(null);
            CacheView before = clip.cache().view();
            CompactionPlan back = plan(5, whole(0, 0), whole(1, 1), whole(2, 2), whole(3, 3), whole(4, 4));
            clip.apply(plan(5, whole(3, 3), whole(4, 4)));
            clip.frames(2);

            clip.cache().restore(snapshot);
            assertThat(clip.cache().view()).isEqualTo(before);
            other.cache().restore(CacheSnapshot.of(snapshot.parts()));
            assertThat(other.cache().view()).isEqualTo(before);
            other.cache().archive(settings(clipBytes() * 2, 1 << 20));
            for (Clip each : List.of(clip, other)) {
                each.apply(back.withArchive(Set.of(1L)));
                each.assertRowsMatchTable(1e-5);
                assertThat(each.cache().view().archive())
                        .extracting(FrameView::frame)
                        .containsExactly(1L);
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatWasForgottenSinceAndIsInNoTierIsRefusedInASentence() {
        try (Clip clip = clip(6, settings(clipBytes(), clipBytes() * 2 + 8_000))) {
            clip.apply(plan(6, whole(4, 4), whole(5, 5)).withArchive(Set.of(0L, 1L)));
            clip.cache().archive(settings(clipBytes(), clipBytes() * 2 + 8_000));
            CacheSnapshot snapshot = clip.cache().snapshot(null);
            clip.apply(plan(6, whole(4, 4), whole(5, 5)).withArchive(Set.of(1L, 4L)));
            clip.cache().archive(settings(clipBytes(), clipBytes() * 2 + 8_000));
            clip.apply(plan(6, whole(4, 4), whole(5, 5)).withArchive(Set.of(4L, 5L)));
            clip.cache().archive(settings(clipBytes(), clipBytes() * 2 + 8_000));
            CacheView before = clip.cache().view();

            assertThatThrownBy(() -> clip.cache().restore(snapshot))
                    .isInstanceOf(TierException.class)
                    .hasMessageStartingWith("latent frame ")
                    .hasMessageContaining("was forgotten since, and its file had to make room for others");
            assertThat(clip.cache().view()).isEqualTo(before);
        }
    }

    @Test
    void plansThatArchiveWhatIsNotThereOrChangeWhatIsAwayAreRefused() {
        try (Clip clip = clip(3, TierSettings.unlimitedHost()).condition()) {
            assertThatThrownBy(() -> clip.apply(plan(5, whole(3, 3)).withArchive(Set.of(9L))))
                    .isInstanceOf(InvalidPlanException.class)
                    .hasMessage("the plan archives frame 9, which the cache does not hold");
            assertThatThrownBy(() -> clip.apply(plan(5, whole(3, 3)).withArchive(Set.of(3L))))
                    .hasMessage("the plan archives frame 3, which is a conditioning frame and always held");
            clip.apply(plan(5, whole(2, 2), whole(3, 3)).withArchive(Set.of(0L)));
            Fold fold = new Fold(
                    0, 0, new Token(0, 2), List.of(new Token(2, 3)), new float[] {1, 0}, new float[] {0, 1}, 2);
            assertThatThrownBy(() -> clip.apply(plan(5, whole(0, 0).withFolds(List.of(fold)), whole(3, 3))
                            .withArchive(Set.of(0L))))
                    .hasMessage(
                            "the plan folds into frame 0 in layer 0, head 0, which comes back from the archive; only"
                                    + " what is held may change");
        }
    }

    @Test
    void anyPlansInAnyOrderLeaveRowsThatMatchTheTableAndBothTiersWithinTheirBytes() {
        for (int seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            TierSettings tiers = settings(clipBytes() * (1 + random.nextInt(3)), 1 << 20);
            try (Clip clip = clip(2, tiers)) {
                CacheSnapshot snapshot = clip.cache().snapshot(null);
                for (int step = 0; step < 20; step++) {
                    if (random.nextInt(2) == 0) {
                        clip.frames(1);
                    }
                    clip.apply(random(clip.cache().view(), random));
                    clip.assertRowsMatchTable(1e-4);
                    assertThat(clip.cache().tierBytes().host()).isLessThanOrEqualTo(tiers.hostBytes());
                    if (random.nextInt(6) == 0) {
                        snapshot = clip.cache().snapshot(snapshot);
                    }
                }
                CacheView last = clip.cache().view();
                CacheSnapshot end = clip.cache().snapshot(null);
                clip.cache().restore(snapshot);
                clip.assertRowsMatchTable(1e-4);
                clip.cache().restore(end);
                assertThat(clip.cache().view()).isEqualTo(last);
            }
            assertThat(directory).isEmptyDirectory();
        }
    }

    private static CompactionPlan random(CacheView view, Random random) {
        Set<Long> archive = new TreeSet<>();
        TreeMap<Long, FrameView> known = new TreeMap<>();
        view.archive().forEach(frame -> known.put(frame.frame(), frame));
        view.frames().forEach(frame -> known.putIfAbsent(frame.frame(), frame));
        List<FramePlan> frames = new ArrayList<>();
        long slot = random.nextInt(2);
        for (FrameView frame : known.values()) {
            if (random.nextInt(3) > 0) {
                archive.add(frame.frame());
            }
            if (random.nextInt(2) == 0) {
                slot += 1 + random.nextInt(2);
                Selection kept = random.nextInt(3) > 0
                        ? frame.held()
                        : frame.held().map(part -> {
                            BitSet some = (BitSet) part.clone();
                            some.clear(random.nextInt(CONTENT));
                            return some;
                        });
                frames.add(new FramePlan(frame.frame(), slot, kept));
            }
        }
        return new CompactionPlan(4, frames, slot + 1, archive);
    }

    private Clip clip(int frames, TierSettings tiers) {
        Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(frames);
        // Written at once, so that what is where does not depend on a thread.
        clip.cache().archive(new FrameStore(tiers, Runnable::run));
        return clip;
    }

    private TierSettings settings(long host, long disk) {
        return new TierSettings(host, disk, directory);
    }

    /** Room for one frame in memory, so that all others are in files. */
    private TierSettings diskAlone() {
        return settings(clipBytes(), 1 << 20);
    }

    /** Bytes of a copy of a whole frame, with a little to spare. */
    private static long clipBytes() {
        long row = 2L * Clip.SHAPE.headSize() * Float.BYTES;
        return Clip.GRID.frameLength() * (Clip.SHAPE.cells() * row + TokenTable.BYTES_PER_TOKEN);
    }

    private long onDisk() {
        return files().stream().mapToLong(file -> file.toFile().length()).sum();
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertBytesAreExact(KvCache cache) {
        assertThat(cache.residentBytes())
                .isEqualTo(OwnedArrays.bytes(cache, Backend.class, Positions.class, Rotator.class, Compaction.class)
                        - (long) Clip.SHAPE.kvHeads() * Integer.BYTES);
    }

    private static FramePlan whole(long frame, long slot) {
        return new FramePlan(frame, slot, all());
    }

    private static CompactionPlan plan(long nextSlot, FramePlan... frames) {
        return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(frames), nextSlot);
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
}
