package io.packcache.operators;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Keep;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.testkit.Threads;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream on a real transformer, from request to sink, that goes on for long: heap, memory outside of it and cache stay what
 * they were, and no thread is left. The long form says in its output what it measured.
 */
@Tag("soak")
class LongStreamTest {

    private static final int SHORT = 300;
    private static final int LONG = 10_000;

    /** Less than the pixels alone that the frames of the short form have. */
    private static final long HEAP_NOISE_BYTES = 512 * 1024;

    /** How long garbage may take to be found: what tracks pictures lets go of them on a thread of its own. */
    private static final long PATIENCE_SECONDS = 30;

    private static final long PATIENCE_MINUTES = 18;

    @TempDir
    Path folder;

    @TempDir
    Path saved;

    @Test
    void hundredsOfFramesLeaveNothingBehindOnReactor() throws IOException {
        stream(SHORT, this::onReactor);
    }

    @Test
    void hundredsOfFramesLeaveNothingBehindOnAkka() throws IOException {
        stream(SHORT, this::onAkka);
    }

    @Test
    void tenThousandFramesLeaveNothingBehindOnReactor() throws IOException {
        System.out.println("Reactor: " + stream(LONG, this::onReactor));
    }

    @Test
    void tenThousandFramesLeaveNothingBehindOnAkka() throws IOException {
        System.out.println("Akka: " + stream(LONG, this::onAkka));
    }

    /** Generates a request and answers with what its sink was given. */
    private interface Library {
        WriteSummary run(VideoModel model, GenerationRequest request, Watch watch);
    }

    private Watch stream(int frames, Library library) throws IOException {
        TinyModelFolder.write(folder, 5);
        Watch watch = new Watch(frames);
        try (Backend backend = Backends.of("plain", 1);
                VideoModel model = VideoModel.load(folder, backend)) {
            WriteSummary written =
                    library.run(model, model.request("a red circle").withLatentFrames(frames), watch);
            assertThat(written.written()).isEqualTo(1 + 4L * (frames - 1));
            assertThat(model.pool().live()).as("pictures not released").isZero();
        }
        Threads.awaitEndOf("packcache-");
        watch.assertFlat();
        return watch;
    }

    private WriteSummary onReactor(VideoModel model, GenerationRequest request, Watch watch) {
        return PackcacheFlux.generate(model, request)
                .transform(PackcacheFlux.packCache(PackCache.defaults()))
                .doOnNext(watch::look)
                .transform(PackcacheFlux.checkpointEvery(oftenEnough(request), LongStreamTest::refuse))
                .transform(PackcacheFlux.driftMeter(DriftSettings.DEFAULTS, picture -> {}, drift -> {}))
                .transform(PackcacheFlux.pictures())
                .transform(PackcacheFlux.boundedQueue(4, OverflowStrategy.BACKPRESSURE))
                .as(PackcacheFlux.to(new Nowhere()))
                .block();
    }

    private WriteSummary onAkka(VideoModel model, GenerationRequest request, Watch watch) {
        ActorSystem system = ActorSystem.create("long");
        CompletionStage<WriteSummary> written = PackcacheSource.generate(model, request)
                .via(PackcacheFlow.packCache(PackCache.defaults()))
                .map(watch::look)
                .via(PackcacheFlow.checkpointEvery(oftenEnough(request), LongStreamTest::refuse))
                .via(PackcacheFlow.driftMeter(DriftSettings.DEFAULTS, picture -> {}, drift -> {}))
                .via(PackcacheFlow.pictures())
                .via(PackcacheFlow.boundedQueue(4, OverflowStrategy.BACKPRESSURE))
                .toMat(PackcacheSink.to(new Nowhere()), Keep.right())
                .run(system);
        try {
            return written.toCompletableFuture()
                    .orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES)
                    .join();
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
            Threads.awaitEndOf("long-");
        }
    }

    private CheckpointSettings oftenEnough(GenerationRequest request) {
        return CheckpointSettings.every((int) request.latentFrames() / 10, saved.toString());
    }

    private static void refuse(Path file, long latentFrame, Exception reason) {
        throw new AssertionError(file + " of latent frame " + latentFrame, reason);
    }

    private static final class Nowhere implements FrameSink {

        @Override
        public void write(VideoFrame picture) {
            picture.release();
        }

        @Override
        public void close() {}
    }

    /** What the process holds when a tenth of the frames have passed, and when the last one has. */
    private static final class Watch {

        private final long[] nanos;
        private final long[] cacheBytes;
        private long heapBefore;
        private long heapAfter;
        private long outsideBefore;
        private long outsideAfter;

        Watch(int frames) {
            nanos = new long[frames];
            cacheBytes = new long[frames];
        }

        GeneratedFrame look(GeneratedFrame frame) {
            int number = (int) frame.number();
            nanos[number] = frame.statistics().totalNanos();
            cacheBytes[number] = frame.statistics().residentBytes();
            if (number == nanos.length / 10) {
                heapBefore = heap();
                outsideBefore = outside();
            } else if (number == nanos.length - 1) {
                long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
                do {
                    heapAfter = heap();
                    outsideAfter = outside();
                } while (!isFlat() && System.nanoTime() < patience);
            }
            return frame;
        }

        void assertFlat() {
            int steady = nanos.length / 10;
            assertThat(Arrays.stream(cacheBytes).skip(steady).distinct().toArray())
                    .as("bytes of the cache after each frame")
                    .hasSize(1);
            assertThat(heapAfter - heapBefore).as("growth of the heap").isLessThan(HEAP_NOISE_BYTES);
            assertThat(outsideAfter).as("bytes outside of the heap").isLessThanOrEqualTo(outsideBefore);
        }

        private boolean isFlat() {
            return heapAfter - heapBefore < HEAP_NOISE_BYTES && outsideAfter <= outsideBefore;
        }

        private static long heap() {
            System.gc();
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        }

        private static long outside() {
            return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
        }

        private double medianMillis(int from, int to) {
            long[] part = Arrays.copyOfRange(nanos, from, to);
            Arrays.sort(part);
            return part[part.length / 2] / 1e6;
        }

        @Override
        public String toString() {
            int all = nanos.length;
            int tenth = all / 10;
            return "%,d latent frames; frame time %.3f ms from frame %,d on, %.3f ms from frame %,d on (medians of %,d); "
                            .formatted(
                                    all,
                                    medianMillis(tenth, 2 * tenth),
                                    tenth,
                                    medianMillis(all - tenth, all),
                                    all - tenth,
                                    tenth)
                    + "cache %,d and %,d bytes; heap %,d and %,d; outside of it %,d and %,d"
                            .formatted(
                                    cacheBytes[tenth],
                                    cacheBytes[all - 1],
                                    heapBefore,
                                    heapAfter,
                                    outsideBefore,
                                    outsideAfter);
        }
    }
}
