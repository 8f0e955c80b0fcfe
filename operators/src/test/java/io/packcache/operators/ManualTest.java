package io.packcache.operators;

import static io.packcache.operators.reactor.PackcacheFlux.pace;
import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheFlux.tee;
import static io.packcache.stream.flow.TeeBranch.every;
import static io.packcache.stream.flow.TeeBranch.newest;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.GenerationControl;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.TeeSummary;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The longer snippets of the module's README; the shorter ones stand in the tests of the pipelines. */
class ManualTest {

    private final ScriptedModel script = new ScriptedModel();
    private final VideoModel model = script.model();
    private final RecordingSink file = new RecordingSink();
    private final RecordingSink live = new RecordingSink();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void onAirAndIntoAFileWithReactor() {
        GenerationRequest request = script.request(2);
        TeeSummary summary = PackcacheFlux.generate(model, request)
                .transform(packCache(PackCache.defaults()))
                .transform(pictures())
                .transform(pace(12))
                .as(tee(List.of(every("file", file), newest("live", live))))
                .block();

        assertThat(summary.branch("file").written().written()).isEqualTo(5);
        assertThat(summary.branch("live").failure()).isEmpty();
    }

    @Test
    void onAirAndIntoAFileWithAkkaStoppedFromOutside() {
        ActorSystem system = ActorSystem.create("manual");
        GenerationRequest request = script.request(GenerationRequest.ENDLESS);
        Pair<GenerationControl, CompletionStage<TeeSummary>> running = PackcacheSource.generate(model, request)
                .via(PackcacheFlow.packCache(PackCache.defaults()))
                .via(PackcacheFlow.pictures())
                .via(PackcacheFlow.pace(12))
                .toMat(PackcacheSink.tee(List.of(every("file", file), newest("live", live))), Keep.both())
                .run(system);
        Threads.await(file.firstWrite);
        running.first().stop();

        TeeSummary summary = running.second()
                .toCompletableFuture()
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        assertThat(summary.branch("file").written().written()).isPositive();
        assertThat(file.closes).hasValue(1);
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
