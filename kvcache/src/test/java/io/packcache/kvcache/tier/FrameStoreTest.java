package io.packcache.kvcache.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.packcache.kvcache.CacheParts;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two tiers under a writer that writes when the test says so. */
class FrameStoreTest {

    private static final int FLOATS = 100;
    private static final long COPY = FLOATS * 4L;
    private static final long ROOM = 1 << 20;

    @TempDir
    Path directory;

    private final Deque<Runnable> writes = new ArrayDeque<>();

    @Test
    void copiesStayInMemoryWhileThereIsRoomAndTheOldestGoesToDiskBeforeThereIsNone() {
        try (FrameStore store = store(2 * COPY, ROOM)) {
            List<FrameCopy> copies = put(store, 0, 1);
            assertThat(writes).hasSize(1);
            assertThat(store.hostBytes()).isEqualTo(2 * COPY);
            writes.remove().run();
            assertThat(store.hostBytes()).isEqualTo(COPY);
            assertThat(store.diskBytes()).isEqualTo(onDisk());
            for (FrameCopy copy : copies) {
                assertThat(values(store.read(copy))).isEqualTo(frame(copy.frame()));
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    @Timeout(60)
    void aFullTierHoldsTheNextFrameBackUntilTheWriterHasCaughtUp() throws InterruptedException {
        FrameStore store = store(2 * COPY, ROOM);
        put(store, 0, 1);
        CompletableFuture<FrameCopy> third = new CompletableFuture<>();
        Thread frames = new Thread(() -> third.complete(store.put(2, parts(2))));
        frames.start();
        while (frames.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(third).isNotDone();
        assertThat(store.hostBytes()).isEqualTo(2 * COPY);
        writes.remove().run();
        third.join();
        assertThat(store.hostBytes()).isEqualTo(2 * COPY);

        Thread room = new Thread(store::awaitRoom);
        room.start();
        while (room.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        writes.remove().run();
        room.join();
        assertThat(store.hostBytes()).isEqualTo(COPY);
        store.close();
    }

    @Test
    void whenBothTiersAreFullTheCopyIsRefusedWithTheirNumbersAndNothingChanges() {
        try (FrameStore store = store(2 * COPY, 0)) {
            put(store, 0, 1);
            assertThatThrownBy(() -> store.put(2, parts(2)))
                    .isInstanceOf(TierFullException.class)
                    .hasMessage("there is no room for latent frame 2, which takes 400 bytes: the host tier holds 800 of"
                            + " 800 bytes, the disk tier 0 of 0");
            assertThat(store.hostBytes()).isEqualTo(2 * COPY);
        }
        try (FrameStore store = store(COPY - 1, ROOM)) {
            assertThatThrownBy(() -> store.put(0, parts(0)))
                    .hasMessage("a copy of latent frame 0 takes 400 bytes, and the host tier holds 399 at most");
        }
    }

    @Test
    void anAlteredOrTruncatedFileIsRefusedByName() throws IOException {
        try (FrameStore store = store(COPY, ROOM)) {
            FrameCopy copy = put(store, 7).get(0);
            writes.remove().run();
            Path file = files().get(0);
            byte[] good = Files.readAllBytes(file);
            for (int at = 0; at < good.length; at += 13) {
                byte[] bad = good.clone();
                bad[at] ^= 4;
                Files.write(file, bad);
                assertThatThrownBy(() -> store.read(copy))
                        .isInstanceOf(TierException.class)
                        .hasMessageStartingWith("latent frame 7 cannot be recalled from " + file + ": ");
                Files.write(file, Arrays.copyOf(good, at));
                assertThatThrownBy(() -> store.read(copy)).isInstanceOf(TierException.class);
            }
            Files.write(file, good);
            assertThat(values(store.read(copy))).isEqualTo(frame(7));
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsReportedByTheNextCallAndTheFrameStaysInMemory() throws IOException {
        Path gone = Files.createDirectory(directory.resolve("gone"));
        try (FrameStore store = new FrameStore(new TierSettings(COPY, ROOM, gone), writes::add)) {
            FrameCopy copy = put(store, 3).get(0);
            Files.delete(gone);
            writes.remove().run();
            assertThat(store.hostBytes()).isEqualTo(COPY);
            assertThat(store.diskBytes()).isZero();
            assertThat(values(store.read(copy))).isEqualTo(frame(3));
            assertThatThrownBy(store::awaitRoom)
                    .isInstanceOf(TierException.class)
                    .hasMessageStartingWith("latent frame 3 cannot be written to the disk tier: " + gone);
        }
    }

    @Test
    void aForgottenFileIsFoundAgainUntilItsBytesAreNeeded() {
        long file = FrameFiles.size(parts(0));
        try (FrameStore store = store(COPY, 2 * file)) {
            FrameCopy first = put(store, 0).get(0);
            writes.remove().run();
            FrameCopy second = put(store, 1).get(0);
            writes.remove().run();
            store.retain(List.of(second));
            assertThat(store.diskBytes()).isEqualTo(2 * file).isEqualTo(onDisk());
            store.restore(List.of(first, second));
            assertThat(values(store.read(first))).isEqualTo(frame(0));

            store.retain(List.of(second));
            FrameCopy third = put(store, 2).get(0);
            writes.remove().run();
            assertThat(store.diskBytes()).isEqualTo(2 * file).isEqualTo(onDisk());
            assertThatThrownBy(() -> store.restore(List.of(first, third)))
                    .isInstanceOf(TierException.class)
                    .hasMessageStartingWith("latent frame 0 was forgotten since, and its file had to make room");
            assertThat(values(store.read(third))).isEqualTo(frame(2));
            assertThat(values(store.read(second))).isEqualTo(frame(1));
        }
    }

    @Test
    void whateverHappensBothTiersStayWithinTheirBytesAndEveryFrameIsWhatItWas() {
        for (int seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            long host = (1 + random.nextInt(4)) * COPY;
            long disk = random.nextInt(5) * FrameFiles.size(parts(100));
            FrameStore[] own = new FrameStore[1];
            own[0] = new FrameStore(new TierSettings(host, disk, directory), write -> {
                // A put that finds no room would wait for the writer, which here is the same thread.
                if (own[0].hostBytes() + COPY > host || random.nextBoolean()) {
                    write.run();
                } else {
                    writes.add(write);
                }
            });
            try (FrameStore store = own[0]) {
                Map<Long, FrameCopy> held = new HashMap<>();
                for (long number = 100; number < 140; number++) {
                    step(store, held, number, random);
                    assertThat(store.hostBytes()).isLessThanOrEqualTo(host);
                    assertThat(store.diskBytes()).isLessThanOrEqualTo(disk);
                }
                while (!writes.isEmpty()) {
                    writes.remove().run();
                }
                assertThat(store.diskBytes()).isEqualTo(onDisk());
                held.forEach(
                        (number, copy) -> assertThat(values(store.read(copy))).isEqualTo(frame(number)));
            }
            assertThat(directory).isEmptyDirectory();
        }
    }

    /** One of what may happen; where a put would have to wait the writer runs first. */
    private void step(FrameStore store, Map<Long, FrameCopy> held, long number, Random random) {
        while (!writes.isEmpty()
                && (random.nextBoolean()
                        || store.hostBytes() + COPY > store.settings().hostBytes())) {
            writes.remove().run();
        }
        if (random.nextInt(4) == 0) {
            held.values().removeIf(copy -> random.nextInt(3) == 0);
            store.retain(held.values());
        }
        try {
            held.put(number, store.put(number, parts(number)));
        } catch (TierFullException full) {
            assertThat(store.hostBytes() + COPY).isGreaterThan(store.settings().hostBytes());
        }
        held.values().stream().filter(copy -> random.nextInt(4) == 0).forEach(store::read);
    }

    private FrameStore store(long host, long disk) {
        return new FrameStore(new TierSettings(host, disk, directory), writes::add);
    }

    private List<FrameCopy> put(FrameStore store, long... frames) {
        List<FrameCopy> copies = new ArrayList<>();
        for (long frame : frames) {
            copies.add(store.put(frame, parts(frame)));
        }
        return copies;
    }

    private static CacheParts parts(long frame) {
        Map<String, Buffer> arrays = new HashMap<>();
        arrays.put("keys", FloatBuffer.wrap(frame(frame)));
        return new CacheParts(JsonNodeFactory.instance.objectNode().put("frame", frame), arrays);
    }

    private static float[] frame(long number) {
        float[] values = new float[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            values[i] = number * 1000 + i;
        }
        return values;
    }

    private static float[] values(CacheParts parts) {
        float[] values = new float[FLOATS];
        ((FloatBuffer) parts.arrays().get("keys")).duplicate().get(values);
        return values;
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
}
