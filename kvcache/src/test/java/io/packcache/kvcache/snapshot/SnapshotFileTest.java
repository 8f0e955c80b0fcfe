package io.packcache.kvcache.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.Allocated;
import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheWorld;
import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.PackCache;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {

    private static final Set<Signal> SIGNALS = EnumSet.allOf(Signal.class);

    @TempDir
    Path folder;

    @Test
    void aRestoredStreamGoesOnWithTheSameFramesAsIfNeverStopped() {
        try (Backend backend = Backends.of("plain");
                CacheWorld stopped = world(backend);
                CacheWorld unbroken = world(backend)) {
            run(stopped, 12);
            run(unbroken, 12);
            Path file = folder.resolve("state.packcache");
            SnapshotFile.write(file, state(stopped));
            run(stopped, 5);
            SavedState read = SnapshotFile.read(file, "demo");
            for (int branch = 0; branch < 2; branch++) {
                unbroken.branch(branch).restore(read.branches().get(branch));
            }
            CacheWorld other = world(backend);
            try (other) {
                run(other, 12);
                for (int frame = 0; frame < 5; frame++) {
                    assertThat(step(unbroken)).isEqualTo(step(other));
                }
            }
            assertThat(read.json()).isEqualTo("{\"frame\": 12}");
            assertThat(read.tensors().get("tokenizer")).containsExactly(1, 2, 3);
        }
    }

    @Test
    void everyAlteredBitAndEveryTruncationIsRefusedWithThePlace() throws IOException {
        Path file = written();
        byte[] whole = Files.readAllBytes(file);
        Path broken = folder.resolve("broken");
        Random random = new Random(3);
        SnapshotFile.read(file, "demo");
        // What is altered may cost what the file itself costs, and the words of the refusal, which are linked at first.
        long most = Allocated.by(() -> SnapshotFile.read(file, "demo")) + 2_000_000;
        for (int i = 0; i < 1500; i++) {
            byte[] altered = whole.clone();
            int at = i < 64 ? i / 8 : random.nextInt(whole.length);
            altered[at] ^= (byte) (1 << (i < 64 ? i % 8 : random.nextInt(8)));
            Files.write(broken, altered);
            assertThatThrownBy(() -> readWithin(most, broken))
                    .as("bit at byte %d", at)
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageStartingWith("the snapshot " + broken + " is refused: ")
                    .hasMessageContaining("byte");
        }
        for (int i = 0; i < 300; i++) {
            int length = i < 20 ? i : random.nextInt(whole.length);
            Files.write(broken, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> readWithin(most, broken))
                    .as("truncated to %d", length)
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("byte");
        }
        Files.write(broken, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> SnapshotFile.read(broken, "demo")).hasMessageContaining("its data end at byte");
    }

    private static void readWithin(long bytes, Path file) {
        Allocated.atMost(bytes, () -> SnapshotFile.read(file, "demo"));
    }

    @Test
    void aHeaderThatClaimsToBeHugeReservesNothing() throws IOException {
        Path file = written();
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.writeLong(Long.reverseBytes(2_000_000_000L));
        }
        assertThatThrownBy(() -> SnapshotFile.read(file, "demo"))
                .hasMessageContaining("its header cannot be 2000000000 bytes long");
    }

    @Test
    void anotherModelIsRefusedAndAMissingFileIsNamed() {
        Path file = written();
        assertThatThrownBy(() -> SnapshotFile.read(file, "other"))
                .hasMessage("the snapshot " + file + " is refused: it is of model demo, this is model other");
        assertThatThrownBy(() -> SnapshotFile.read(folder.resolve("none"), "demo"))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("none cannot be read");
    }

    @Test
    void aFailedWriteLeavesTheOldFileAndNoPart() throws IOException {
        Path file = written();
        byte[] before = Files.readAllBytes(file);
        Path taken = folder.resolve("folder");
        Files.createDirectories(taken.resolve("inside"));
        assertThatThrownBy(() -> SnapshotFile.write(taken, new SavedState("demo", "", List.of(), Map.of())))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("cannot be written");
        SnapshotFile.write(file, SnapshotFile.read(file, "demo"));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(file, taken);
        }
    }

    private Path written() {
        Path file = folder.resolve("state.packcache");
        try (Backend backend = Backends.of("plain");
                CacheWorld world = world(backend)) {
            run(world, 7);
            SnapshotFile.write(file, state(world));
        }
        return file;
    }

    private static SavedState state(CacheWorld world) {
        return new SavedState(
                "demo",
                "{\"frame\": 12}",
                List.of(world.branch(0).snapshot(null), world.branch(1).snapshot(null)),
                Map.of("tokenizer", new float[] {1, 2, 3}));
    }

    private static CacheWorld world(Backend backend) {
        CacheWorld world = new CacheWorld(backend, 2, CacheBudget.unlimited(), true);
        world.collect(SIGNALS);
        return world;
    }

    private static void run(CacheWorld world, int frames) {
        for (int frame = 0; frame < frames; frame++) {
            step(world);
        }
    }

    /** A frame, then PackCache with older frames in pages of few bits. */
    private static float[] step(CacheWorld world) {
        float[] attended = world.frame();
        CompactionPlan plan = PackCache.defaults().plan(world.view(SIGNALS), Budget.unlimited());
        Encoding int4 = new Encoding(Codecs.keys("int4"), Codecs.values("int4"));
        List<FramePlan> frames = new ArrayList<>();
        for (int i = 0; i < plan.frames().size(); i++) {
            FramePlan frame = plan.frames().get(i);
            boolean old = i > 0 && i < plan.frames().size() - 2;
            frames.add(old ? frame.withEncoding(int4) : frame);
        }
        world.apply(new CompactionPlan(plan.textQuota(), frames, plan.nextSlot()));
        return attended;
    }
}
