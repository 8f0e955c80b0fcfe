package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.snapshot.SavedState;
import io.packcache.kvcache.snapshot.SnapshotFile;
import io.packcache.kvcache.tier.TierException;
import io.packcache.kvcache.tier.TierSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint takes its archive from the tiers frame by frame. */
class ArchiveCheckpointTest {

    private static final FrameGrid GRID = new FrameGrid(24, 24, 3, 1);
    private static final int FRAMES = 105;

    @TempDir
    Path folder;

    @Test
    void anArchiveTwiceTheSizeOfTheHeapIsWrittenAndGoesOnInAnotherCache() throws Exception {
        Path file = folder.resolve("state.packcache");
        assertThat(OwnJvm.run("32m", Endless.class, file.toString())).isEqualTo("written");
        assertThat(Files.size(file)).isGreaterThan(60L << 20);

        SavedState saved = SnapshotFile.read(file, "endless");
        try (Backend backend = Backends.of("plain");
                KvCache cache = cache(backend)) {
            cache.restore(saved.branches().get(0));
            assertThat(cache.view().archive())
                    .extracting(FrameView::frame)
                    .hasSize(FRAMES - 1)
                    .startsWith(0L);
            cache.apply(plan(Set.of(0L), whole(0, 0), whole(FRAMES - 1, 1)));
            assertThat(cache.view().frames()).extracting(FrameView::frame).containsExactly(0L, FRAMES - 1L);
        }
    }

    @Test
    void aCopyThatWasAlteredInItsTierIsNotSavedAndTheOldCheckpointStays() throws IOException {
        Path file = Files.writeString(folder.resolve("state.packcache"), "old");
        try (Backend backend = Backends.of("plain");
                KvCache cache = cache(backend)) {
            Path tier = Files.createDirectory(folder.resolve("tier"));
            fill(cache, new TierSettings(1 << 20, 1L << 30, tier), 4);
            Path copy = files(tier).stream()
                    .filter(each -> each.endsWith("frame-1.safetensors"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(copy);
            bytes[bytes.length - 9] ^= 1;
            Files.write(copy, bytes);

            assertThatThrownBy(() -> save(file, cache))
                    .isInstanceOf(TierException.class)
                    .hasMessageStartingWith("latent frame 1 cannot be recalled from " + copy)
                    .hasMessageEndingWith("was altered");
            assertThat(file).hasContent("old");
            assertThat(files(folder)).noneMatch(each -> each.toString().endsWith(".part"));
        }
    }

    /** Writes a checkpoint of a cache whose frames are all in files but the newest. */
    static final class Endless {

        private Endless() {}

        public static void main(String[] arguments) {
            Path file = Path.of(arguments[0]);
            try (Backend backend = Backends.of("plain");
                    KvCache cache = cache(backend)) {
                fill(cache, new TierSettings(3 << 20, 1L << 30, file.getParent()), FRAMES);
                save(file, cache);
            }
            System.out.print("written");
        }
    }

    private static KvCache cache(Backend backend) {
        return new KvCache(backend, Clip.SHAPE, GRID, Clip.POSITIONS, CacheBudget.unlimited());
    }

    private static void fill(KvCache cache, TierSettings tiers, int frames) {
        cache.archive(tiers);
        Set<Long> archive = new TreeSet<>();
        for (long frame = 0; frame < frames; frame++) {
            cache.stage(Clip.tokens(GRID, 0, frame, cache.nextSlot(), false, content -> false));
            cache.commit();
            cache.apply(plan(archive, whole(frame, 0)));
            cache.archive(tiers);
            archive.add(frame);
        }
    }

    private static void save(Path file, KvCache cache) {
        SnapshotFile.write(file, new SavedState("endless", "", List.of(cache.snapshot(null)), Map.of()));
    }

    private static FramePlan whole(long frame, long slot) {
        BitSet all = new BitSet();
        all.set(0, GRID.contentLength());
        return new FramePlan(frame, slot, all);
    }

    private static CompactionPlan plan(Set<Long> archive, FramePlan... frames) {
        return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(frames), 2).withArchive(archive);
    }

    private static List<Path> files(Path under) throws IOException {
        try (Stream<Path> all = Files.walk(under)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
