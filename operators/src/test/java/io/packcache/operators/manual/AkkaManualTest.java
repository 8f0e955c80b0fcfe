package io.packcache.operators.manual;

import static io.packcache.operators.akka.PackcacheFlow.adaptiveBudget;
import static io.packcache.operators.akka.PackcacheFlow.boundedQueue;
import static io.packcache.operators.akka.PackcacheFlow.checkpointEvery;
import static io.packcache.operators.akka.PackcacheFlow.driftMeter;
import static io.packcache.operators.akka.PackcacheFlow.meter;
import static io.packcache.operators.akka.PackcacheFlow.pace;
import static io.packcache.operators.akka.PackcacheFlow.packCache;
import static io.packcache.operators.akka.PackcacheFlow.pauseGate;
import static io.packcache.operators.akka.PackcacheFlow.pictures;
import static io.packcache.operators.akka.PackcacheFlow.promptSwitch;
import static io.packcache.operators.akka.PackcacheSink.tee;
import static io.packcache.operators.akka.PackcacheSink.to;
import static io.packcache.stream.flow.TeeBranch.every;
import static io.packcache.stream.flow.TeeBranch.newest;
import static org.assertj.core.api.Assertions.assertThat;

import akka.NotUsed;
import akka.actor.ActorSystem;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.RunnableGraph;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.akka.GenerationControl;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.BudgetChange;
import io.packcache.stream.flow.CheckpointListener;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.flow.PauseMode;
import io.packcache.stream.flow.PictureStatistics;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.flow.TeeSummary;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the module's README shows of Akka Streams. */
class AkkaManualTest {

    private static final long PATIENCE_SECONDS = 60;

    private final ActorSystem system = ActorSystem.create("manual");
    private final ScriptedModel script = new ScriptedModel();
    private final VideoModel model = script.model();
    private final GenerationRequest request = script.request(4);
    private final RecordingSink sink = new RecordingSink();

    @AfterEach
    void nothingIsHeld() {
        system.terminate();
        await(system.getWhenTerminated());
        script.assertNothingHeld();
        script.close();
    }

    private Source<GeneratedFrame, GenerationControl> frames() {
        return PackcacheSource.generate(model, request).via(packCache(PackCache.defaults()));
    }

    private Source<VideoFrame, GenerationControl> video() {
        return frames().via(pictures());
    }

    private long counted(Source<? extends FlowElement, ?> source) {
        return await(source.<Long>map(element -> {
                    element.release();
                    return 1L;
                })
                .runWith(Sink.fold(0L, Long::sum), system));
    }

    @Test
    void textToAFile() {
        CompletionStage<WriteSummary> summary = PackcacheSource.generate(
                        model, model.request("a red circle moves right"))
                .via(packCache(PackCache.defaults()))
                .via(pictures())
                .runWith(to(sink), system);

        assertThat(await(summary).written()).isEqualTo(25);
    }

    @Test
    void onAirAndIntoAFileStoppedFromOutside() {
        GenerationRequest request = script.request(GenerationRequest.ENDLESS);
        RecordingSink file = new RecordingSink();
        RecordingSink live = new RecordingSink();
        Pair<GenerationControl, CompletionStage<TeeSummary>> running = PackcacheSource.generate(model, request)
                .via(packCache(PackCache.defaults()))
                .via(pictures())
                .via(pace(12))
                .toMat(tee(List.of(every("file", file), newest("live", live))), Keep.both())
                .run(system);
        Threads.await(file.firstWrite);
        running.first().stop();

        assertThat(await(running.second()).branch("file").written().written()).isPositive();
        assertThat(file.closes).hasValue(1);
    }

    @Test
    void otherPrompts() {
        Source<String, NotUsed> prompts = Source.single("a blue square");
        List<PromptEvent> events = new CopyOnWriteArrayList<>();
        Source<VideoFrame, GenerationControl> onAir = PackcacheSource.generate(model, request)
                .via(packCache(PackCache.defaults()))
                .via(promptSwitch(prompts, PromptMode.RECACHE, events::add))
                .via(pictures());

        counted(onAir);
        assertThat(events).hasSize(1).hasOnlyElementsOfType(PromptEvent.Shown.class);
    }

    @Test
    void pausing() {
        Source<VideoFrame, GenerationControl> video = video();
        Pair<PauseControl, CompletionStage<WriteSummary>> running = video.viaMat(
                        pauseGate(new PauseControl()), Keep.right())
                .toMat(to(sink), Keep.both())
                .run(system);
        running.first().pause(PauseMode.HOLD);
        running.first().resume();

        assertThat(await(running.second()).written()).isEqualTo(13);
    }

    @Test
    void aSteadyRate() {
        Source<VideoFrame, GenerationControl> video = video();
        PaceSettings everySlot = PaceSettings.ofFramesPerSecond(100).withLate(PaceSettings.Late.HOLD);
        Source<VideoFrame, GenerationControl> steady = video.via(pace(everySlot));

        assertThat(counted(steady)).isGreaterThanOrEqualTo(13);
    }

    @Test
    void runningAhead() {
        Source<VideoFrame, GenerationControl> video = video();
        Source<VideoFrame, GenerationControl> ahead = video.via(boundedQueue(12, OverflowStrategy.BACKPRESSURE));

        assertThat(counted(ahead)).isEqualTo(13);
    }

    @Test
    void aBudgetThatFollowsRealTime() {
        List<BudgetChange> changes = new CopyOnWriteArrayList<>();
        Source<GeneratedFrame, GenerationControl> frames = PackcacheSource.generate(model, request)
                .via(adaptiveBudget(PackCache.defaults(), AdaptiveBudgetSettings.of(12), changes::add));

        assertThat(counted(frames)).isEqualTo(4);
    }

    @Test
    void drift() {
        Source<GeneratedFrame, GenerationControl> frames = frames();
        List<PictureStatistics> statistics = new CopyOnWriteArrayList<>();
        Source<GeneratedFrame, GenerationControl> watched = frames.via(driftMeter(
                DriftSettings.DEFAULTS,
                statistics::add,
                drift -> drift.steering().reanchor(PromptMode.RECACHE)));

        counted(watched);
        assertThat(statistics).hasSizeGreaterThanOrEqualTo(13);
    }

    @Test
    void goingOnAfterACrash(@TempDir Path folder, @TempDir Path directory) throws IOException {
        TinyModelFolder.write(folder, 5);
        try (Backend backend = Backends.of("plain", 1);
                VideoModel model = VideoModel.load(folder, backend)) {
            GenerationRequest request = model.request("a red circle").withLatentFrames(6);
            CheckpointListener alarm = (file, frame, reason) -> {
                throw new AssertionError(reason);
            };
            Source<GeneratedFrame, GenerationControl> frames = PackcacheSource.generate(model, request)
                    .via(packCache(PackCache.defaults()))
                    .via(checkpointEvery(CheckpointSettings.every(4, directory.toString()), alarm));
            counted(frames);

            Source<GeneratedFrame, GenerationControl> rest = PackcacheSource.resumeFrom(
                            model, Checkpoints.newest(directory).orElseThrow())
                    .via(packCache(PackCache.defaults()));

            assertThat(counted(rest)).isEqualTo(2);
        }
    }

    @Test
    void measuring() {
        Source<VideoFrame, GenerationControl> video = video();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        RunnableGraph<CompletionStage<WriteSummary>> writing =
                video.toMat(to(sink), Keep.right()).addAttributes(meter(registry, "on air"));

        await(writing.run(system));
        assertThat(registry.get("packcache.frame")
                        .tag("stream", "on air")
                        .timer()
                        .count())
                .isEqualTo(4);
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
