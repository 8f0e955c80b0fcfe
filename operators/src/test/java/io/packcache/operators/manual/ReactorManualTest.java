package io.packcache.operators.manual;

import static io.packcache.operators.reactor.PackcacheFlux.adaptiveBudget;
import static io.packcache.operators.reactor.PackcacheFlux.boundedQueue;
import static io.packcache.operators.reactor.PackcacheFlux.checkpointEvery;
import static io.packcache.operators.reactor.PackcacheFlux.driftMeter;
import static io.packcache.operators.reactor.PackcacheFlux.pace;
import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pauseGate;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheFlux.promptSwitch;
import static io.packcache.operators.reactor.PackcacheSink.meterSink;
import static io.packcache.operators.reactor.PackcacheSink.tee;
import static io.packcache.operators.reactor.PackcacheSink.to;
import static io.packcache.stream.flow.TeeBranch.every;
import static io.packcache.stream.flow.TeeBranch.newest;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.operators.reactor.PackcacheFlux;
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
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the module's README shows of Reactor. */
class ReactorManualTest {

    private final ScriptedModel script = new ScriptedModel();
    private final VideoModel model = script.model();
    private final GenerationRequest request = script.request(4);
    private final RecordingSink sink = new RecordingSink();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    private Flux<GeneratedFrame> frames() {
        return PackcacheFlux.generate(model, request).transform(packCache(PackCache.defaults()));
    }

    private Flux<VideoFrame> video() {
        return frames().transform(pictures());
    }

    @Test
    void textToAFile() {
        WriteSummary summary = PackcacheFlux.generate(model, model.request("a red circle moves right"))
                .transform(packCache(PackCache.defaults()))
                .transform(pictures())
                .as(to(sink))
                .block();

        assertThat(summary.written()).isEqualTo(25);
    }

    @Test
    void onAirAndIntoAFile() {
        RecordingSink file = new RecordingSink();
        RecordingSink live = new RecordingSink();
        TeeSummary summary = PackcacheFlux.generate(model, request)
                .transform(packCache(PackCache.defaults()))
                .transform(pictures())
                .transform(pace(12))
                .as(tee(List.of(every("file", file), newest("live", live))))
                .block();

        assertThat(summary.branch("file").written().written()).isEqualTo(13);
        assertThat(summary.branch("live").failure()).isEmpty();
    }

    @Test
    void otherPrompts() {
        Flux<String> prompts = Flux.just("a blue square");
        List<PromptEvent> events = new CopyOnWriteArrayList<>();
        Flux<VideoFrame> onAir = PackcacheFlux.generate(model, request)
                .transform(packCache(PackCache.defaults()))
                .transform(promptSwitch(prompts, PromptMode.RECACHE, events::add))
                .transform(pictures());

        onAir.doOnNext(VideoFrame::release).blockLast();
        assertThat(events).containsExactly(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 1, 1));
    }

    @Test
    void pausing() {
        Flux<VideoFrame> video = video();
        PauseControl control = new PauseControl();
        Mono<WriteSummary> writing = video.transform(pauseGate(control)).as(to(sink));

        control.pause(PauseMode.HOLD);
        assertThat(writing.doOnSubscribe(began -> control.resume()).block().written())
                .isEqualTo(13);
    }

    @Test
    void aSteadyRate() {
        Flux<VideoFrame> video = video();
        PaceSettings everySlot = PaceSettings.ofFramesPerSecond(100).withLate(PaceSettings.Late.HOLD);
        Flux<VideoFrame> steady = video.transform(pace(everySlot));

        assertThat(steady.doOnNext(VideoFrame::release).count().block()).isGreaterThanOrEqualTo(13);
    }

    @Test
    void runningAhead() {
        Flux<VideoFrame> video = video();
        Flux<VideoFrame> ahead = video.transform(boundedQueue(12, OverflowStrategy.BACKPRESSURE));

        assertThat(ahead.doOnNext(VideoFrame::release).count().block()).isEqualTo(13);
    }

    @Test
    void aBudgetThatFollowsRealTime() {
        List<BudgetChange> changes = new CopyOnWriteArrayList<>();
        Flux<GeneratedFrame> frames = PackcacheFlux.generate(model, request)
                .transform(adaptiveBudget(PackCache.defaults(), AdaptiveBudgetSettings.of(12), changes::add));

        assertThat(frames.doOnNext(GeneratedFrame::release).count().block()).isEqualTo(4);
    }

    @Test
    void drift() {
        Flux<GeneratedFrame> frames = frames();
        List<PictureStatistics> statistics = new CopyOnWriteArrayList<>();
        Flux<GeneratedFrame> watched = frames.transform(driftMeter(
                DriftSettings.DEFAULTS,
                statistics::add,
                drift -> drift.steering().reanchor(PromptMode.RECACHE)));

        watched.doOnNext(GeneratedFrame::release).blockLast();
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
            Flux<GeneratedFrame> frames = PackcacheFlux.generate(model, request)
                    .transform(packCache(PackCache.defaults()))
                    .transform(checkpointEvery(CheckpointSettings.every(4, directory.toString()), alarm));
            frames.doOnNext(GeneratedFrame::release).blockLast();

            Flux<GeneratedFrame> rest = PackcacheFlux.resumeFrom(
                            model, Checkpoints.newest(directory).orElseThrow())
                    .transform(packCache(PackCache.defaults()));

            assertThat(rest.doOnNext(GeneratedFrame::release)
                            .map(GeneratedFrame::number)
                            .collectList()
                            .block())
                    .containsExactly(4L, 5L);
        }
    }

    @Test
    void measuring() {
        Flux<VideoFrame> video = video();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Mono<WriteSummary> writing =
                video.as(to(sink)).name("on air").tag("channel", "one").transform(meterSink(registry));

        writing.block();
        assertThat(registry.get("packcache.frame")
                        .tags("stream", "on air", "channel", "one")
                        .timer()
                        .count())
                .isEqualTo(4);
    }
}
