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
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.testkit.Threads;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream on a real transformer, from request to sink, that goes on for long: heap, memory outside of it and cache stay what
 * they were, and no thread is left. Their output says what was measured.
 */
class LongStreamTest {

    private static final int SHORT = 400;
    private static final int LONG = 10_000;

    private static final long PATIENCE_MINUTES = 18;

    @TempDir
    Path folder;

    @TempDir
    Path saved;

    @Test
    void hundredsOfFramesLeaveNothingBehindOnReactor() throws IOException {
        System.out.println("Reactor: " + stream(SHORT, this::onReactor));
    }

    @Test
    void hundredsOfFramesLeaveNothingBehindOnAkka() throws IOException {
        System.out.println("Akka: " + stream(SHORT, this::onAkka));
    }

    @Test
    @Tag("soak")
    void tenThousandFramesLeaveNothingBehindOnReactor() throws IOException {
        System.out.println("Reactor: " + stream(LONG, this::onReactor));
    }

    @Test
    @Tag("soak")
    void tenThousandFramesLeaveNothingBehindOnAkka() throws IOException {
        System.out.println("Akka: " + stream(LONG, this::onAkka));
    }

    /** Generates a request and answers with what its sink was given. */
    private interface Library {
        WriteSummary run(VideoModel model, GenerationRequest request, SteadyWatch watch);
    }

    private SteadyWatch stream(int frames, Library library) throws IOException {
        TinyModelFolder.write(folder, 5);
        SteadyWatch watch = new SteadyWatch(frames);
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

    private WriteSummary onReactor(VideoModel model, GenerationRequest request, SteadyWatch watch) {
        return PackcacheFlux.generate(model, request)
                .transform(PackcacheFlux.packCache(PackCache.defaults()))
                .doOnNext(watch::look)
                .transform(PackcacheFlux.checkpointEvery(oftenEnough(request), LongStreamTest::refuse))
                .transform(PackcacheFlux.driftMeter(DriftSettings.DEFAULTS, picture -> {}, drift -> {}))
                .transform(PackcacheFlux.pictures())
                .transform(PackcacheFlux.boundedQueue(4, OverflowStrategy.BACKPRESSURE))
                .as(io.packcache.operators.reactor.PackcacheSink.to(new Nowhere()))
                .block();
    }

    private WriteSummary onAkka(VideoModel model, GenerationRequest request, SteadyWatch watch) {
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
}
