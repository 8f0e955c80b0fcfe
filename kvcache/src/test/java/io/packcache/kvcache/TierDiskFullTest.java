package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.tier.TierException;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full under a tier; needs the right to mount a small file system in memory. {@code FrameStoreTest} has the
 * same with a directory that is gone, which needs no right.
 */
@Timeout(60)
class TierDiskFullTest {

    @TempDir
    Path disk;

    private boolean mounted;

    @BeforeEach
    void mountASmallDisk() throws Exception {
        mounted = run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", disk.toString()) == 0;
        Assumptions.assumeTrue(mounted, "skipped: no right to mount a small disk");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    @Test
    void aFullDiskIsSaidNothingIsLostAndOnceThereIsRoomTheStreamGoesOn() throws Exception {
        Path ballast = Files.write(disk.resolve("ballast"), new byte[120 << 10]);
        TierSettings tiers = new TierSettings(2 * copyBytes(), 1 << 20, disk);
        try (Clip clip = new Clip(Backends.of("plain"), 5, CacheBudget.unlimited()).frames(4)) {
            KvCache cache = clip.cache();
            cache.archive(tiers);
            clip.apply(plan(whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L)));
            CacheView before = cache.view();

            assertThatThrownBy(() -> cache.archive(tiers))
                    .isInstanceOf(TierException.class)
                    .hasMessageStartingWith("latent frame 0 cannot be written to the disk tier: ")
                    .hasMessageContaining("No space left on device");
            assertThat(cache.view()).isEqualTo(before);
            assertThat(cache.tierBytes().disk()).isZero();
            assertThat(cache.tierBytes().host()).isPositive();
            assertThat(disk.toFile().list())
                    .filteredOn(name -> name.endsWith(".part"))
                    .isEmpty();

            Files.delete(ballast);
            clip.apply(plan(whole(3, 3)).withArchive(Set.of(0L, 1L, 2L)));
            cache.archive(tiers);
            assertThat(cache.tierBytes().disk()).isPositive();
            clip.apply(plan(whole(0, 0), whole(1, 1), whole(2, 2), whole(3, 3)).withArchive(Set.of(0L, 1L, 2L)));
            assertThat(cache.view().frames()).extracting(FrameView::frame).containsExactly(0L, 1L, 2L, 3L);
            clip.assertRowsMatchTable(1e-5);
        }
        assertThat(disk).isEmptyDirectory();
    }

    /** Bytes of a copy of a whole frame, with a little to spare. */
    private static long copyBytes() {
        long row = 2L * Clip.SHAPE.headSize() * Float.BYTES;
        return Clip.GRID.frameLength() * (Clip.SHAPE.cells() * row + TokenTable.BYTES_PER_TOKEN);
    }

    private static FramePlan whole(long frame, long slot) {
        BitSet all = new BitSet();
        all.set(0, Clip.GRID.contentLength());
        return new FramePlan(frame, slot, all);
    }

    private static CompactionPlan plan(FramePlan... frames) {
        return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(frames), 4);
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
