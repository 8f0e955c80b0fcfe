package io.packcache.operators.akka;

import static io.packcache.operators.akka.PackcacheFlow.packCache;
import static io.packcache.operators.akka.PackcacheFlow.pictures;
import static io.packcache.operators.akka.PackcacheSink.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.NotUsed;
import akka.actor.ActorSystem;
import akka.japi.Pair;
import akka.stream.AbruptStageTerminationException;
import akka.stream.Attributes;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.SnapKv;
import io.packcache.stream.flow.SinkSubscriber;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationException;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From request to sink on Akka Streams, on a model without weights. */
class AkkaPipelineTest {

    private static final long PATIENCE_SECONDS = 60;

    private final ScriptedModel script = new ScriptedModel();
    private final RecordingSink sink = new RecordingSink();
    private final ActorSystem system = ActorSystem.create("packcache");

    @AfterEach
    void nothingIsHeld() {
        system.terminate();
        await(system.getWhenTerminated());
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void theSnippetOfTheReadme() {
        CompletionStage<WriteSummary> summary = PackcacheSource.generate(
                        script.model(), script.model().request("a red circle moves right"))
                .via(packCache(PackCache.defaults()))
                .via(pictures())
                .runWith(to(sink), system);

        assertThat(await(summary).written()).isEqualTo(25);
    }

    @Test
    void everyPictureIsWrittenInOrderAndTheSinkIsClosedOnce() {
        WriteSummary summary = await(video(5).runWith(to(sink), system));
        assertThat(summary.written()).isEqualTo(17);
        assertThat(summary.discarded()).isZero();
        assertThat(sink.times)
                .containsExactlyElementsOf(LongStream.range(0, 17).boxed().toList());
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void withoutDemandNothingIsGenerated() {
        TestSubscriber.Probe<VideoFrame> probe = video(5).runWith(TestSink.probe(system), system);
        probe.ensureSubscription();
        probe.cancel();
        system.terminate();
        await(system.getWhenTerminated());
        assertThat(script.stepsRun()).isZero();
    }

    @Test
    void oneLatentFrameIsInFlightWhateverTheDemandOfOnePicture() {
        TestSubscriber.Probe<VideoFrame> probe =
                video(GenerationRequest.ENDLESS).runWith(TestSink.probe(system), system);
        probe.request(1);
        released(probe.expectNext());
        assertThat(script.model().pool().live()).isZero();
        probe.request(1);
        released(probe.expectNext());
        assertThat(script.model().pool().live()).as("what is left of frame 1").isEqualTo(3);
        assertThat(script.stepsRun()).isEqualTo(2L * ScriptedModel.STEPS);
        probe.cancel();
    }

    @Test
    void anAsynchronousBoundaryBeforeTheSinkTakesOnePictureAheadAndNotSixteen() {
        CountDownLatch gate = new CountDownLatch(1);
        sink.waitFor(gate);
        Pair<GenerationControl, CompletionStage<WriteSummary>> running = video(GenerationRequest.ENDLESS)
                .async()
                .toMat(to(sink), Keep.both())
                .run(system);
        Threads.await(sink.firstWrite);
        awaitStandstill();
        assertThat(script.stepsRun() / ScriptedModel.STEPS)
                .as("latent frames: 5 pictures in the sink's queue, 1 at the boundary, the rest of its frame")
                .isEqualTo(3);
        running.first().stop();
        gate.countDown();
        assertThat(await(running.second()).written()).isEqualTo(9);
    }

    @Test
    void abruptTerminationOfTheActorSystemReleasesTheSessionAndClosesTheSink() {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        script.onStep((frame, step) -> {
            if (frame == 3 && step == 1) {
                inStep.countDown();
                Threads.await(gate);
            }
        });
        CompletionStage<WriteSummary> summary = video(GenerationRequest.ENDLESS).runWith(to(sink), system);
        Threads.await(inStep);
        system.terminate();
        await(system.getWhenTerminated());
        gate.countDown();
        assertThatThrownBy(() -> await(summary)).hasCauseInstanceOf(AbruptStageTerminationException.class);
        script.assertNothingHeld();
        assertThat(script.stepsRun()).as("ended within the step").isLessThanOrEqualTo(3L * ScriptedModel.STEPS + 2);
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void aMaterializerThatIsShutDownReleasesEverything() {
        CountDownLatch gate = new CountDownLatch(1);
        sink.waitFor(gate);
        Materializer materializer = Materializer.createMaterializer(system);
        CompletionStage<WriteSummary> summary = video(GenerationRequest.ENDLESS).runWith(to(sink), materializer);
        Threads.await(sink.firstWrite);
        awaitStandstill();
        assertThat(script.model().pool().live()).isEqualTo(SinkSubscriber.QUEUE);
        materializer.shutdown();
        gate.countDown();
        assertThatThrownBy(() -> await(summary)).hasCauseInstanceOf(AbruptStageTerminationException.class);
    }

    @Test
    void stoppingTheGenerationFinishesTheFileAndTellsTheSummary() {
        CountDownLatch third = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        script.onStep((frame, step) -> {
            if (frame == 3) {
                third.countDown();
                Threads.await(stopped);
            }
        });
        Pair<GenerationControl, CompletionStage<WriteSummary>> running =
                video(GenerationRequest.ENDLESS).toMat(to(sink), Keep.both()).run(system);
        Threads.await(third);
        running.first().stop();
        stopped.countDown();
        assertThat(await(running.second()).written()).isGreaterThanOrEqualTo(9);
        assertThat(await(running.first().ended())).isGreaterThanOrEqualTo(3);
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void aFailingFrameIsToldAfterThePicturesBeforeItWereWritten() {
        script.onStep((frame, step) -> {
            if (frame == 2) {
                throw new ArithmeticException("not a number");
            }
        });
        Pair<GenerationControl, CompletionStage<WriteSummary>> running =
                video(5).toMat(to(sink), Keep.both()).run(system);
        assertThatThrownBy(() -> await(running.second()))
                .hasCauseInstanceOf(GenerationException.class)
                .hasMessageContaining("latent frame 2 failed during refinement step 0");
        assertThatThrownBy(() -> await(running.first().ended())).hasCauseInstanceOf(GenerationException.class);
        assertThat(sink.times).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void aFailingSinkCancelsTheGenerationAndIsClosed() {
        sink.failAt(2);
        CompletionStage<WriteSummary> summary = video(GenerationRequest.ENDLESS).runWith(to(sink), system);
        assertThatThrownBy(() -> await(summary))
                .hasCauseInstanceOf(SinkException.class)
                .hasMessageContaining("disk full at picture 2");
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void takingFewerPicturesThanAFrameHasReleasesTheRest() {
        List<Long> times = await(video(GenerationRequest.ENDLESS)
                .take(3)
                .map(AkkaPipelineTest::released)
                .runWith(Sink.seq(), system));
        assertThat(times).containsExactly(0L, 1L, 2L);
    }

    @Test
    void aFailingPolicyFailsTheStreamAndReleasesItsFrame() {
        CompactionPolicy broken = new CompactionPolicy() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public CompactionPlan plan(CacheView view, Budget budget) {
                throw new ArithmeticException("no plan for " + view.frames().size() + " frames");
            }
        };
        CompletionStage<WriteSummary> summary = PackcacheSource.generate(script.model(), script.request(9))
                .via(packCache(broken))
                .via(pictures())
                .runWith(to(sink), system);
        assertThatThrownBy(() -> await(summary)).hasMessageContaining("no plan for 1 frames");
        assertThat(script.stepsRun()).isEqualTo(ScriptedModel.STEPS);
    }

    @Test
    void packCacheBehindAnAsynchronousBoundarySaysWhereItBelongs() {
        Flow<GeneratedFrame, GeneratedFrame, NotUsed> detour = Flow.of(GeneratedFrame.class)
                .addAttributes(Attributes.inputBuffer(1, 1))
                .async();
        CountDownLatch nextBegun = new CountDownLatch(1);
        CountDownLatch failed = new CountDownLatch(1);
        script.onStep((frame, step) -> {
            if (frame == 1) {
                nextBegun.countDown();
                Threads.await(failed);
            }
        });
        CompletionStage<WriteSummary> summary = PackcacheSource.generate(script.model(), script.request(9))
                .via(detour)
                .map(frame -> {
                    Threads.await(nextBegun);
                    return frame;
                })
                .via(packCache(PackCache.defaults()))
                .via(pictures())
                .runWith(to(sink), system);
        assertThatThrownBy(() -> await(summary)).hasMessageContaining("packCache must stand directly after generate");
        system.terminate();
        await(system.getWhenTerminated());
        failed.countDown();
    }

    @Test
    void aSinkServesOneMaterialisation() {
        Sink<VideoFrame, CompletionStage<WriteSummary>> target = to(sink);
        await(video(1).runWith(target, system));
        assertThatThrownBy(() -> video(1).runWith(target, system))
                .hasMessage("this sink was already written to; a sink serves one subscription, so make another one");
    }

    @Test
    void aPolicyThatMustBeToldWhatTheModelCannotTellIsRefusedAtAssembly() {
        assertThatThrownBy(() -> packCache(script.model(), SnapKv.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "snapkv must be told probe attention, which this model cannot tell; it tells no");
        assertThat(packCache(script.model(), PackCache.defaults())).isNotNull();
        assertThat(script.stepsRun()).isZero();
    }

    private Source<VideoFrame, GenerationControl> video(long latentFrames) {
        return PackcacheSource.generate(script.model(), script.request(latentFrames))
                .via(packCache(PackCache.defaults()))
                .via(pictures());
    }

    /** Until the session's thread waits, and still does after everything that the stream had to do was done. */
    private void awaitStandstill() {
        long live;
        do {
            live = script.model().pool().live();
            TestSubscriber.Probe<Integer> quiet = Source.range(1, 1000).runWith(TestSink.probe(system), system);
            quiet.request(1000).expectNextN(1000);
            Threads.awaitWaiting(Threads.named("packcache-session-").get(0));
        } while (live != script.model().pool().live() || live < SinkSubscriber.QUEUE);
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private static long released(VideoFrame picture) {
        try (picture) {
            return picture.pts();
        }
    }
}
