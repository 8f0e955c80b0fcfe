package io.packcache.operators.akka;

import static io.packcache.operators.akka.PackcacheFlow.adaptiveBudget;
import static io.packcache.operators.akka.PackcacheFlow.driftMeter;
import static io.packcache.operators.akka.PackcacheFlow.pauseGate;
import static io.packcache.operators.akka.PackcacheFlow.pictures;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.ActorSystem;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.flow.PauseMode;
import io.packcache.stream.flow.PictureStatistics;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pausing, and the stages that watch, in whole streams. */
class PauseGateStageTest {

    private final ScriptedModel script = new ScriptedModel();
    private final ActorSystem system = ActorSystem.create("packcache");
    private final List<Long> shown = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsHeld() {
        system.terminate();
        await(system.getWhenTerminated());
        script.assertNothingHeld();
        script.close();
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private Source<VideoFrame, PauseControl> video(long latentFrames) {
        return PackcacheSource.generate(
                        script.model(), script.request(latentFrames).withRewind(3))
                .via(pictures())
                .viaMat(pauseGate(new PauseControl()), Keep.right());
    }

    private void show(VideoFrame picture) {
        shown.add(picture.pts());
        picture.release();
    }

    @ParameterizedTest
    @EnumSource(PauseMode.class)
    void everyPictureIsShownOnceHoweverItWasPaused(PauseMode mode) {
        Pair<PauseControl, TestSubscriber.Probe<VideoFrame>> running =
                video(5).toMat(TestSink.probe(system), Keep.both()).run(system);
        for (int i = 0; i < 7; i++) {
            show(running.second().requestNext());
        }
        running.first().pause(mode);
        running.second().request(100);
        running.first().resume();
        for (int i = 7; i < 17; i++) {
            show(running.second().expectNext());
        }
        running.second().expectComplete();
        assertThat(shown).isEqualTo(LongStream.range(0, 17).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource(PauseMode.class)
    void anAbruptEndWhilePausedFreesEverything(PauseMode mode) {
        Pair<PauseControl, TestSubscriber.Probe<VideoFrame>> running =
                video(5).toMat(TestSink.probe(system), Keep.both()).run(system);
        for (int i = 0; i < 3; i++) {
            show(running.second().requestNext());
        }
        running.first().pause(mode);
        running.second().request(5);
        for (int i = 3; i < 5 && mode == PauseMode.DRAIN; i++) {
            show(running.second().expectNext());
        }
        system.terminate();
        await(system.getWhenTerminated());
        script.assertNothingHeld();
    }

    @Test
    void theStagesThatWatchPassEveryFrame() {
        List<PictureStatistics> measured = new CopyOnWriteArrayList<>();
        CompletionStage<Done> done = PackcacheSource.generate(script.model(), script.request(6))
                .via(adaptiveBudget(PackCache.defaults(), AdaptiveBudgetSettings.of(12), change -> {}))
                .via(driftMeter(DriftSettings.DEFAULTS, measured::add, drift -> {}))
                .via(pictures())
                .runWith(Sink.foreach(this::show), system);
        await(done);
        assertThat(shown).hasSize(21);
        assertThat(measured).extracting(PictureStatistics::pts).isEqualTo(shown);
    }

    @Test
    void aHookThatThrowsFailsTheStageAndFreesEverything() {
        CompletionStage<Done> done = PackcacheSource.generate(script.model(), script.request(6))
                .via(driftMeter(
                        DriftSettings.DEFAULTS,
                        picture -> {
                            throw new IllegalStateException("no pen");
                        },
                        drift -> {}))
                .runWith(Sink.ignore(), system);
        assertThatThrownBy(() -> await(done)).hasRootCauseMessage("no pen");
    }
}
