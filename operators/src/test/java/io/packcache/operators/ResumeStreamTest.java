package io.packcache.operators;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.OnTinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Saved by one library, resumed by the other: the stream goes on with the same frames. */
class ResumeStreamTest extends OnTinyModel {

    @TempDir
    Path saved;

    private final ActorSystem system = ActorSystem.create("resume");

    @AfterEach
    void stop() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    private CheckpointSettings everyFour() {
        return CheckpointSettings.every(4, saved.toString());
    }

    private static void refuse(Path file, long latentFrame, Exception reason) {
        throw new AssertionError(file + " of latent frame " + latentFrame, reason);
    }

    private static List<Integer> released(GeneratedFrame frame) {
        try (frame) {
            return codes(frame);
        }
    }

    private List<List<Integer>> onReactor(Flux<GeneratedFrame> frames) {
        return frames.transform(PackcacheFlux.packCache(PackCache.defaults()))
                .transform(PackcacheFlux.checkpointEvery(everyFour(), ResumeStreamTest::refuse))
                .map(ResumeStreamTest::released)
                .collectList()
                .block();
    }

    private List<List<Integer>> onAkka(Source<GeneratedFrame, ?> frames) {
        return frames.via(PackcacheFlow.packCache(PackCache.defaults()))
                .via(PackcacheFlow.checkpointEvery(everyFour(), ResumeStreamTest::refuse))
                .map(ResumeStreamTest::released)
                .runWith(Sink.seq(), system)
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void savedOnReactorAndResumedOnBoth() throws IOException {
        List<List<Integer>> all = onReactor(PackcacheFlux.generate(model, request(11)));
        Path newest = Checkpoints.newest(saved).orElseThrow();
        assertThat(newest).hasFileName("frame-000000000007.packcache");
        assertThat(onReactor(PackcacheFlux.resumeFrom(model, newest))).isEqualTo(all.subList(8, 11));
        assertThat(onAkka(PackcacheSource.resumeFrom(model, newest))).isEqualTo(all.subList(8, 11));
    }

    @Test
    void savedOnAkkaAndResumedOnReactor() throws IOException {
        List<List<Integer>> all = onAkka(PackcacheSource.generate(model, request(11)));
        Path newest = Checkpoints.newest(saved).orElseThrow();
        assertThat(onReactor(PackcacheFlux.resumeFrom(model, newest))).isEqualTo(all.subList(8, 11));
    }
}
