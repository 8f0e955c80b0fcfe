package io.packcache.operators;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Saved by one library, resumed by the other: the stream goes on with the same frames. */
class ResumeStreamTest {

    @TempDir
    Path folder;

    @TempDir
    Path saved;

    private final ActorSystem system = ActorSystem.create("resume");
    private Backend backend;
    private VideoModel model;

    @BeforeEach
    void load() throws IOException {
        TinyModelFolder.write(folder, 5);
        backend = Backends.of("plain", 1);
        model = VideoModel.load(folder, backend);
    }

    @AfterEach
    void close() {
        assertThat(model.pool().live()).isZero();
        model.close();
        backend.close();
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private GenerationRequest request() {
        return model.request("a red circle").withLatentFrames(11).withSeed(3);
    }

    private CheckpointSettings everyFour() {
        return CheckpointSettings.every(4, saved.toString());
    }

    private static void refuse(Path file, long latentFrame, Exception reason) {
        throw new AssertionError(file + " of latent frame " + latentFrame, reason);
    }

    private static List<Integer> codes(GeneratedFrame frame) {
        try (frame) {
            return Arrays.stream(frame.codes()).boxed().toList();
        }
    }

    private List<List<Integer>> onReactor(Flux<GeneratedFrame> frames) {
        return frames.transform(PackcacheFlux.packCache(PackCache.defaults()))
                .transform(PackcacheFlux.checkpointEvery(everyFour(), ResumeStreamTest::refuse))
                .map(ResumeStreamTest::codes)
                .collectList()
                .block();
    }

    private List<List<Integer>> onAkka(Source<GeneratedFrame, ?> frames) {
        return frames.via(PackcacheFlow.packCache(PackCache.defaults()))
                .via(PackcacheFlow.checkpointEvery(everyFour(), ResumeStreamTest::refuse))
                .map(ResumeStreamTest::codes)
                .runWith(Sink.seq(), system)
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void savedOnReactorAndResumedOnBoth() throws IOException {
        List<List<Integer>> all = onReactor(PackcacheFlux.generate(model, request()));
        Path newest = Checkpoints.newest(saved).orElseThrow();
        assertThat(newest).hasFileName("frame-000000000007.packcache");
        assertThat(onReactor(PackcacheFlux.resumeFrom(model, newest))).isEqualTo(all.subList(8, 11));
        assertThat(onAkka(PackcacheSource.resumeFrom(model, newest))).isEqualTo(all.subList(8, 11));
    }

    @Test
    void savedOnAkkaAndResumedOnReactor() throws IOException {
        List<List<Integer>> all = onAkka(PackcacheSource.generate(model, request()));
        Path newest = Checkpoints.newest(saved).orElseThrow();
        assertThat(onReactor(PackcacheFlux.resumeFrom(model, newest))).isEqualTo(all.subList(8, 11));
    }
}
