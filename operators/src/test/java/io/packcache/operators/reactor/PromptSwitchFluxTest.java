package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheFlux.promptSwitch;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.testkit.ScriptedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Prompts from a publisher into a stream on air. */
class PromptSwitchFluxTest {

    private final ScriptedModel script = new ScriptedModel();
    private final Sinks.Many<String> prompts = Sinks.many().unicast().onBackpressureBuffer();
    private final ConcurrentLinkedQueue<PromptEvent> events = new ConcurrentLinkedQueue<>();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    private Flux<GeneratedFrame> frames(long latentFrames, Flux<String> texts) {
        return PackcacheFlux.generate(script.model(), script.request(latentFrames))
                .transform(packCache(PackCache.defaults()))
                .transform(promptSwitch(texts, PromptMode.RECACHE, events::add));
    }

    @Test
    void theSnippetOfTheManual() {
        List<Long> epochs = new ArrayList<>();
        PackcacheFlux.generate(script.model(), script.request(GenerationRequest.ENDLESS))
                .transform(packCache(PackCache.defaults()))
                .transform(promptSwitch(Flux.just("a blue square"), PromptMode.RECACHE, events::add))
                .transform(pictures())
                .take(9)
                .doOnNext(picture -> epochs.add(picture.epoch().number()))
                .doOnNext(VideoFrame::release)
                .blockLast();
        assertThat(epochs)
                .as("picture 0 was made for the prompt before, and the switch drops it")
                .containsOnly(1L);
        assertThat(events).containsExactly(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 1, 1));
    }

    @Test
    void aPromptSentWhileOnAirStandsInTheNextFrame() {
        StepVerifier.create(frames(5, prompts.asFlux()), 0)
                .thenRequest(2)
                .consumeNextWith(GeneratedFrame::release)
                .consumeNextWith(GeneratedFrame::release)
                .then(() -> prompts.emitNext("a blue square", Sinks.EmitFailureHandler.FAIL_FAST))
                .thenRequest(1)
                .consumeNextWith(frame -> {
                    assertThat(frame.epoch().number()).isEqualTo(1);
                    frame.release();
                })
                .thenCancel()
                .verify();
        assertThat(events).containsExactly(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 2, 5));
    }

    @Test
    void everyEndOfTheStreamEndsTheSubscriptionToThePrompts() {
        TestPublisher<String> source = TestPublisher.create();
        frames(2, source.flux()).doOnNext(GeneratedFrame::release).blockLast();
        source.assertWasCancelled();

        TestPublisher<String> other = TestPublisher.create();
        StepVerifier.create(frames(2, other.flux()), 1)
                .consumeNextWith(GeneratedFrame::release)
                .thenCancel()
                .verify();
        other.assertWasCancelled();

        TestPublisher<String> third = TestPublisher.create();
        script.onStep((frame, step) -> {
            throw new ArithmeticException("not a number");
        });
        StepVerifier.create(frames(2, third.flux())).verifyError();
        third.assertWasCancelled();
    }

    @Test
    void theEndOfThePromptsChangesNothingAndTheirFailureFailsTheStream() {
        StepVerifier.create(frames(3, Flux.empty()).doOnNext(GeneratedFrame::release))
                .expectNextCount(3)
                .verifyComplete();
        StepVerifier.create(frames(3, Flux.error(new IOException("the keyboard is gone"))))
                .verifyErrorMessage("the keyboard is gone");
    }
}
