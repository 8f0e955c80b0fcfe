package io.packcache.operators.akka;

import static io.packcache.operators.akka.PackcacheFlow.packCache;
import static io.packcache.operators.akka.PackcacheFlow.pictures;
import static io.packcache.operators.akka.PackcacheFlow.promptSwitch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.ActorSystem;
import akka.japi.Pair;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.testkit.ScriptedModel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Prompts from a source into a stream on air. */
class PromptStageTest {

    private final ScriptedModel script = new ScriptedModel();
    private final ActorSystem system = ActorSystem.create("packcache");
    private final ConcurrentLinkedQueue<PromptEvent> events = new ConcurrentLinkedQueue<>();

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

    private <M> Source<GeneratedFrame, M> frames(long latentFrames, Source<String, M> texts) {
        return PackcacheSource.generate(script.model(), script.request(latentFrames))
                .via(packCache(PackCache.defaults()))
                .viaMat(promptSwitch(texts, PromptMode.RECACHE, events::add), Keep.right());
    }

    @Test
    void theSnippetOfTheManual() {
        CompletionStage<List<Long>> epochs = PackcacheSource.generate(
                        script.model(), script.request(GenerationRequest.ENDLESS))
                .via(packCache(PackCache.defaults()))
                .via(promptSwitch(Source.single("a blue square"), PromptMode.RECACHE, events::add))
                .via(pictures())
                .take(9)
                .map(picture -> {
                    long epoch = picture.epoch().number();
                    picture.release();
                    return epoch;
                })
                .runWith(Sink.seq(), system);
        assertThat(await(epochs))
                .as("picture 0 was made for the prompt before, and the switch drops it")
                .containsOnly(1L);
        assertThat(events).singleElement().isInstanceOf(PromptEvent.Shown.class);
    }

    @Test
    void aPromptSentWhileOnAirStandsInTheNextFrame() {
        Pair<TestPublisher.Probe<String>, TestSubscriber.Probe<GeneratedFrame>> probes = frames(
                        5, TestSource.<String>probe(system))
                .toMat(TestSink.probe(system), Keep.both())
                .run(system);
        probes.second().requestNext().release();
        probes.second().requestNext().release();
        probes.first().sendNext("a blue square");
        // The stage asks for another prompt only after it took this one.
        probes.first().expectRequest();
        GeneratedFrame frame = probes.second().requestNext();
        assertThat(frame.epoch().number()).isEqualTo(1);
        frame.release();
        probes.second().cancel();
        probes.first().expectCancellation();
        assertThat(events).containsExactly(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 2, 5));
    }

    @Test
    void theEndOfThePromptsChangesNothingAndTheirFailureFailsTheStream() {
        CompletionStage<Integer> counted = frames(3, Source.<String>empty())
                .map(frame -> {
                    frame.release();
                    return 1;
                })
                .runWith(Sink.fold(0, Integer::sum), system);
        assertThat(await(counted)).isEqualTo(3);
        CompletionStage<Done> failed = frames(3, Source.<String>failed(new IOException("the keyboard is gone")))
                .runWith(Sink.foreach(GeneratedFrame::release), system);
        assertThatThrownBy(() -> await(failed)).hasRootCauseMessage("the keyboard is gone");
    }

    @Test
    void anAbruptEndReleasesTheSessionAndTellsThePromptItsEnd() {
        Pair<TestPublisher.Probe<String>, TestSubscriber.Probe<GeneratedFrame>> probes = frames(
                        5, TestSource.<String>probe(system))
                .toMat(TestSink.probe(system), Keep.both())
                .run(system);
        probes.second().requestNext().release();
        probes.first().sendNext("a blue square");
        probes.first().expectRequest();
        system.terminate();
        await(system.getWhenTerminated());
        script.assertNothingHeld();
        assertThat(events).containsExactly(new PromptEvent.TooLate("a blue square"));
    }
}
