package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.adaptiveBudget;
import static io.packcache.operators.reactor.PackcacheFlux.driftMeter;
import static io.packcache.operators.reactor.PackcacheFlux.pauseGate;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.flow.PauseMode;
import io.packcache.stream.flow.PictureStatistics;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Pausing, and the operators that watch, in whole streams. */
class PauseGateFluxTest {

    private final ScriptedModel script = new ScriptedModel();
    private final PauseControl control = new PauseControl();
    private final List<Long> shown = new ArrayList<>();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    private Flux<VideoFrame> video(long latentFrames) {
        return PackcacheFlux.generate(
                        script.model(), script.request(latentFrames).withRewind(3))
                .transform(pictures())
                .transform(pauseGate(control));
    }

    private void show(VideoFrame picture) {
        shown.add(picture.pts());
        picture.release();
    }

    @ParameterizedTest
    @EnumSource(PauseMode.class)
    void everyPictureIsShownOnceHoweverItWasPaused(PauseMode mode) {
        StepVerifier.create(video(5), 0)
                .thenRequest(7)
                .thenConsumeWhile(picture -> picture.pts() < 6, this::show)
                .consumeNextWith(this::show)
                .then(() -> control.pause(mode))
                .thenRequest(100)
                .then(control::resume)
                .thenConsumeWhile(picture -> true, this::show)
                .verifyComplete();
        assertThat(shown).isEqualTo(LongStream.range(0, 17).boxed().toList());
        assertThat(control.mode()).isNull();
    }

    @ParameterizedTest
    @EnumSource(PauseMode.class)
    void aCancelWhilePausedFreesEverything(PauseMode mode) {
        StepVerifier.create(video(5).doOnNext(this::show), 0)
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> control.pause(mode))
                .thenRequest(5)
                // Drained, the rest of latent frame 1 is still shown.
                .expectNextCount(mode == PauseMode.DRAIN ? 2 : 0)
                .thenCancel()
                .verify();
        assertThat(shown).hasSize(mode == PauseMode.DRAIN ? 5 : 3);
    }

    @Test
    void anErrorPassesThroughAClosedGate() {
        script.onStep((frame, step) -> {
            if (frame == 1) {
                throw new ArithmeticException("not a number");
            }
        });
        StepVerifier.create(video(5), 0)
                .thenRequest(1)
                .consumeNextWith(this::show)
                .thenRequest(1)
                .verifyError();
    }

    @Test
    void aControlServesOneStreamAtATime() {
        control.pause(PauseMode.HOLD);
        StepVerifier.create(video(2), 1)
                .expectSubscription()
                .then(() -> StepVerifier.create(video(2))
                        .verifyErrorMessage(
                                "this pause control already serves a running stream; make one for each subscription"))
                .thenCancel()
                .verify();
        control.resume();
        StepVerifier.create(video(1)).consumeNextWith(this::show).verifyComplete();
    }

    @Test
    void theOperatorsThatWatchPassEveryFrame() {
        List<PictureStatistics> measured = new ArrayList<>();
        PackcacheFlux.generate(script.model(), script.request(6))
                .transform(adaptiveBudget(PackCache.defaults(), AdaptiveBudgetSettings.of(12), change -> {}))
                .transform(driftMeter(DriftSettings.DEFAULTS, measured::add, drift -> {}))
                .transform(pictures())
                .doOnNext(this::show)
                .blockLast();
        assertThat(shown).hasSize(21);
        assertThat(measured).extracting(PictureStatistics::pts).isEqualTo(shown);
    }

    @Test
    void aHookThatThrowsEndsTheStreamAndFreesEverything() {
        StepVerifier.create(PackcacheFlux.generate(script.model(), script.request(6))
                        .transform(driftMeter(
                                DriftSettings.DEFAULTS,
                                picture -> {
                                    throw new IllegalStateException("no pen");
                                },
                                drift -> {})))
                .verifyErrorMessage("no pen");
    }
}
