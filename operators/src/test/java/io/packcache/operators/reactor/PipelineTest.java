package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static io.packcache.operators.reactor.PackcacheSink.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.KeyNorm;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.SnapKv;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.SinkSubscriber;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationException;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** From request to sink, on a model without weights. */
class PipelineTest {

    private final ScriptedModel script = new ScriptedModel();
    private final RecordingSink sink = new RecordingSink();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void theSnippetOfTheReadme() {
        WriteSummary summary = PackcacheFlux.generate(
                        script.model(), script.model().request("a red circle moves right"))
                .transform(packCache(PackCache.defaults()))
                .transform(pictures())
                .as(to(sink))
                .block();

        assertThat(summary.written()).isEqualTo(25);
    }

    @Test
    void everyPictureIsWrittenInOrderAndTheSinkIsClosedOnce() {
        StepVerifier.create(video(5).as(to(sink)))
                .assertNext(summary -> {
                    assertThat(summary.written()).isEqualTo(17);
                    assertThat(summary.discarded()).isZero();
                })
                .verifyComplete();
        assertThat(sink.times)
                .containsExactlyElementsOf(LongStream.range(0, 17).boxed().toList());
        assertThat(sink.closes).hasValue(1);
        assertThat(sink.writer.getName()).startsWith("packcache-sink-");
    }

    @Test
    void theSameSeedGivesTheSamePicturesAndThePolicyMatters() {
        List<Byte> one = shades(11, PackCache.defaults());
        assertThat(shades(11, PackCache.defaults())).isEqualTo(one);
        assertThat(shades(12, PackCache.defaults())).isNotEqualTo(one);
        assertThat(shades(11, new FullCache())).isNotEqualTo(one);
    }

    @Test
    void statisticsSayWhatCompactionDid() {
        List<GeneratedFrame> seen = new ArrayList<>();
        frames(12).doOnNext(seen::add).doOnNext(GeneratedFrame::release).blockLast();
        GeneratedFrame last = seen.get(11);
        assertThat(last.statistics().tokensAfter()).isLessThan(last.statistics().tokensBefore());
        assertThat(last.statistics().compactionNanos()).isPositive();
        assertThat(last.statistics().tokensAfter())
                .isEqualTo(seen.get(10).statistics().tokensAfter());
    }

    @Test
    void aBudgetIsAskedForEachFrameAndBoundsTheHistory() {
        Queue<Budget> budgets =
                new ArrayDeque<>(List.of(Budget.unlimited(), Budget.unlimited(), new Budget(3), Budget.unlimited()));
        List<Long> tokens = new ArrayList<>();
        PackcacheFlux.generate(script.model(), script.request(4))
                .transform(packCache(PackCache.defaults(), budgets::remove))
                .doOnNext(frame -> tokens.add(frame.lease().view().historyTokens()))
                .doOnNext(GeneratedFrame::release)
                .blockLast();
        assertThat(tokens.get(1)).isGreaterThan(3);
        assertThat(tokens.get(2)).isLessThanOrEqualTo(3);
        assertThat(budgets).isEmpty();
    }

    @Test
    void aStalledSinkStopsTheMachine() {
        CountDownLatch gate = new CountDownLatch(1);
        sink.waitFor(gate);
        Mono<WriteSummary> writing = video(GenerationRequest.ENDLESS).as(to(sink));
        Disposable subscription = writing.subscribe();
        Threads.await(sink.firstWrite);
        Thread worker = Threads.named("packcache-session-").get(0);
        Threads.awaitWaiting(worker);
        assertThat(script.stepsRun()).as("frames 0 and 1, 5 pictures").isEqualTo(2L * ScriptedModel.STEPS);
        assertThat(script.model().pool().live()).isEqualTo(SinkSubscriber.QUEUE);
        subscription.dispose();
        gate.countDown();
    }

    @Test
    void theNextLatentFrameIsGeneratedWhileThisOneIsWritten() {
        CountDownLatch generating = new CountDownLatch(1);
        sink.waitFor(generating);
        script.onStep((frame, step) -> {
            if (frame == 1) {
                Threads.await(sink.firstWrite);
                generating.countDown();
            }
        });
        assertThat(video(2).as(to(sink)).block().written()).isEqualTo(5);
    }

    @Test
    void aFailingFrameIsSignalledAfterThePicturesBeforeItWereWritten() {
        script.onStep((frame, step) -> {
            if (frame == 2) {
                throw new ArithmeticException("not a number");
            }
        });
        assertThatThrownBy(() -> video(5).as(to(sink)).block())
                .isInstanceOf(GenerationException.class)
                .hasMessageContaining("latent frame 2 failed during refinement step 0");
        assertThat(sink.times).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void aFailingSinkCancelsTheGenerationAndIsClosed() {
        sink.failAt(2);
        StepVerifier.create(video(GenerationRequest.ENDLESS).as(to(sink)))
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(SinkException.class)
                        .hasMessageContaining("disk full at picture 2"));
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void cancelClosesTheSinkAndAFailureToCloseIsNotLost() {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            sink.failClose();
            Disposable subscription =
                    video(GenerationRequest.ENDLESS).as(to(sink)).subscribe();
            Threads.await(sink.firstWrite);
            subscription.dispose();
            script.assertNothingHeld();
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(sink.closes).hasValue(1);
        assertThat(dropped).singleElement().asString().contains("cannot finish the file");
    }

    @Test
    void endingThePicturesEarlyStillFinishesTheFileAndTellsTheSummary() {
        Sinks.Empty<Void> stop = Sinks.empty();
        script.onStep((frame, step) -> {
            if (frame == 3) {
                stop.tryEmitEmpty();
            }
        });
        WriteSummary summary = video(GenerationRequest.ENDLESS)
                .takeUntilOther(stop.asMono())
                .as(to(sink))
                .block();
        assertThat(summary.written()).isEqualTo(9);
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void picturesFilteredOutAboveTheSinkAreReleased() {
        WriteSummary summary =
                video(3).filter(picture -> picture.pts() % 2 == 0).as(to(sink)).block();
        assertThat(summary.written()).isEqualTo(5);
    }

    @Test
    void aSinkServesOneSubscription() {
        Mono<WriteSummary> writing = video(1).as(to(sink));
        writing.block();
        StepVerifier.create(writing)
                .verifyErrorMessage(
                        "this sink was already written to; a sink serves one subscription, so make another one");
        assertThat(sink.closes).hasValue(1);
    }

    @Test
    void packCacheBehindAThreadChangeSaysWhereItBelongs() {
        CountDownLatch nextBegun = new CountDownLatch(1);
        script.onStep((frame, step) -> {
            if (frame == 1) {
                nextBegun.countDown();
            }
        });
        LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        Scheduler later = Schedulers.fromExecutor(task -> {
            tasks.add(() -> {
                Threads.await(nextBegun);
                task.run();
            });
            new Thread(tasks.remove(), "packcache-session-detour").start();
        });
        Flux<GeneratedFrame> misplaced = PackcacheFlux.generate(script.model(), script.request(9))
                .publishOn(later)
                .transform(packCache(PackCache.defaults()))
                .doOnNext(GeneratedFrame::release);
        StepVerifier.create(misplaced)
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("packCache must stand directly after generate"));
    }

    @Test
    void aFailingPolicyCancelsTheGenerationAndIsSignalled() {
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
        StepVerifier.create(PackcacheFlux.generate(script.model(), script.request(9))
                        .transform(packCache(broken)))
                .verifyErrorMessage("no plan for 1 frames");
        assertThat(script.stepsRun()).isEqualTo(ScriptedModel.STEPS);
    }

    @Test
    void aPolicyThatMustBeToldWhatTheModelCannotTellIsRefusedAtAssembly() {
        Flux<GeneratedFrame> source =
                PackcacheFlux.generate(script.model(), script.request(9)).name("on air");
        assertThatThrownBy(() -> source.transform(packCache(SnapKv.defaults())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("snapkv must be told probe attention, which this model cannot tell; it tells no"
                        + " signals; with default settings there are packcache, full, window, sinks");
        assertThatThrownBy(() -> source.transform(
                        PackcacheFlux.adaptiveBudget(KeyNorm.defaults(), AdaptiveBudgetSettings.of(12), change -> {})))
                .hasMessageStartingWith("keynorm must be told key norm, which this model cannot tell");
        assertThat(script.stepsRun()).isZero();
    }

    @Test
    void whereTheSourceIsMadeLaterSuchAPolicyIsRefusedByTheFirstFrame() {
        StepVerifier.create(Flux.defer(() -> PackcacheFlux.generate(script.model(), script.request(9)))
                        .transform(packCache(SnapKv.defaults())))
                .verifyErrorMessage(
                        "the policy must be told probe attention, which this model cannot tell; it tells no signals");
    }

    private Flux<GeneratedFrame> frames(long latentFrames) {
        return PackcacheFlux.generate(script.model(), script.request(latentFrames))
                .transform(packCache(PackCache.defaults()));
    }

    private Flux<io.packcache.stream.frame.VideoFrame> video(long latentFrames) {
        return frames(latentFrames).transform(pictures());
    }

    private List<Byte> shades(long seed, CompactionPolicy policy) {
        RecordingSink own = new RecordingSink();
        PackcacheFlux.generate(script.model(), script.request(9).withSeed(seed))
                .transform(packCache(policy))
                .transform(pictures())
                .as(to(own))
                .block();
        return own.shades;
    }
}
