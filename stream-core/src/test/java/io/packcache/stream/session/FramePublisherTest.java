package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PositionMode;
import io.packcache.kvcache.policy.SlidingWindow;
import io.packcache.stream.testkit.FrameProbe;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

class FramePublisherTest {

    private static final String WORKER = "packcache-session-";

    private final ScriptedModel script = new ScriptedModel();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void aRequestThatTheModelCannotMeetIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new FramePublisher(script.model(), script.request(1).withSize(9, 9)));
    }

    @Test
    void withoutDemandThereIsNeitherThreadNorCache() {
        FrameProbe probe = subscribe(2);
        assertThat(Threads.named(WORKER)).isEmpty();
        assertThat(script.openDecoders()).isZero();
        probe.subscription.cancel();
    }

    @Test
    void eachUnitOfDemandCostsTheStepsOfOneFrameAndNoMore() {
        Semaphore seen = new Semaphore(0);
        FrameProbe probe = new FrameProbe(frame -> seen.release());
        new FramePublisher(script.model(), script.request(5)).subscribe(probe);
        for (int demand = 1; demand <= 3; demand++) {
            probe.subscription.request(1);
            seen.acquireUninterruptibly();
            Thread worker = Threads.named(WORKER).get(0);
            Threads.awaitWaiting(worker);
            assertThat(script.stepsRun()).isEqualTo((long) demand * ScriptedModel.STEPS);
        }
        probe.subscription.cancel();
    }

    @Test
    void itCompletesAfterTheLastFrameWithoutFurtherDemandAndItsCacheIsClosedByThen() {
        AtomicReference<Integer> openAtEnd = new AtomicReference<>();
        FrameProbe probe = new FrameProbe();
        new FramePublisher(script.model(), script.request(3))
                .subscribe(new Ending(probe, () -> openAtEnd.set(script.openDecoders())));
        probe.subscription.request(3);
        probe.awaitEnd();
        assertThat(probe.numbers).containsExactly(0L, 1L, 2L);
        assertThat(probe.completions).hasValue(1);
        assertThat(openAtEnd).hasValue(0);
    }

    @Test
    void cancelDuringAStepEndsAfterThatStepAndFreesEverything() {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        script.onStep((frame, step) -> {
            if (frame == 1 && step == 1) {
                inStep.countDown();
                Threads.await(cancelled);
            }
        });
        FrameProbe probe = subscribe(GenerationRequest.ENDLESS);
        probe.subscription.request(Long.MAX_VALUE);
        Threads.await(inStep);
        probe.subscription.cancel();
        cancelled.countDown();
        Threads.awaitEndOf(WORKER);
        assertThat(script.stepsRun()).as("3 steps of frame 0, 2 of frame 1").isEqualTo(5);
        assertThat(probe.numbers).containsExactly(0L);
        assertThat(probe.errors).isEmpty();
        assertThat(probe.completions).hasValue(0);
    }

    @Test
    void cancelInsideOnNextStopsBeforeTheNextStep() {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        FrameProbe probe = new FrameProbe(frame -> subscription.get().cancel());
        new FramePublisher(script.model(), script.request(9)).subscribe(probe);
        subscription.set(probe.subscription);
        probe.subscription.request(Long.MAX_VALUE);
        Threads.awaitEndOf(WORKER);
        assertThat(script.stepsRun()).isEqualTo(ScriptedModel.STEPS);
    }

    @Test
    void whatOnNextDoesToTheCacheIsDoneBeforeTheNextFrameEvenWithUnboundedDemand() {
        CompactionPolicy window = new SlidingWindow(1, PositionMode.KEEP);
        List<Long> seen = new ArrayList<>();
        FrameProbe probe = new FrameProbe(frame -> {
            seen.add((long) frame.lease().view().frames().size());
            frame.lease().apply(window.plan(frame.lease().view(), Budget.unlimited()));
        });
        new FramePublisher(script.model(), script.request(4)).subscribe(probe);
        probe.subscription.request(Long.MAX_VALUE);
        probe.awaitEnd();
        assertThat(seen).containsExactly(1L, 2L, 2L, 2L);
    }

    @Test
    void aFailingStepEndsTheStreamNamingFrameAndStep() {
        script.onStep((frame, step) -> {
            if (frame == 2 && step == 1) {
                throw new ArithmeticException("not a number");
            }
        });
        FrameProbe probe = subscribe(4);
        probe.subscription.request(4);
        probe.awaitEnd();
        assertThat(probe.numbers).containsExactly(0L, 1L);
        assertThat(probe.errors).singleElement().isInstanceOfSatisfying(GenerationException.class, failure -> {
            assertThat(failure.frame()).isEqualTo(2);
            assertThat(failure.step()).isEqualTo(1);
        });
    }

    @Test
    void demandBelowOneIsAnError() {
        for (long demand : new long[] {0, -1, Long.MIN_VALUE}) {
            FrameProbe probe = subscribe(4);
            probe.subscription.request(demand);
            probe.awaitEnd();
            assertThat(probe.errors)
                    .singleElement()
                    .isInstanceOf(IllegalArgumentException.class)
                    .asString()
                    .contains("rule 3.9", Long.toString(demand));
        }
    }

    @Test
    void demandThatOverflowsIsUnbounded() {
        FrameProbe probe = subscribe(4);
        probe.subscription.request(Long.MAX_VALUE);
        probe.subscription.request(Long.MAX_VALUE);
        probe.awaitEnd();
        assertThat(probe.numbers).hasSize(4);
    }

    @Test
    void demandFromInsideOnNextDoesNotRecurse() {
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        List<Integer> depths = new ArrayList<>();
        FrameProbe probe = new FrameProbe(frame -> {
            depths.add(Thread.currentThread().getStackTrace().length);
            subscription.get().request(1);
        });
        new FramePublisher(script.model(), script.request(50)).subscribe(probe);
        subscription.set(probe.subscription);
        probe.subscription.request(1);
        probe.awaitEnd();
        assertThat(depths).hasSize(50).containsOnly(depths.get(0));
    }

    @Test
    void aSubscriberThatThrowsIsNotCalledAgainAndNothingLeaks() {
        FrameProbe probe = new FrameProbe(frame -> {
            throw new IllegalStateException("rule 2.13 broken on purpose");
        });
        new FramePublisher(script.model(), script.request(3)).subscribe(probe);
        probe.subscription.request(3);
        Threads.awaitEndOf(WORKER);
        assertThat(probe.numbers).containsExactly(0L);
        assertThat(probe.errors).isEmpty();
    }

    @Test
    void anInterruptLeftByTheSubscriberDoesNotDisturbTheWorker() {
        FrameProbe probe = new FrameProbe(frame -> Thread.currentThread().interrupt());
        new FramePublisher(script.model(), script.request(2)).subscribe(probe);
        probe.subscription.request(1);
        probe.subscription.request(1);
        probe.awaitEnd();
        assertThat(probe.numbers).hasSize(2);
    }

    @Test
    void eachSubscriberHasItsOwnSessionAndTheSameFrames() {
        FramePublisher publisher =
                new FramePublisher(script.model(), script.request(5).withSeed(3));
        List<List<Integer>> codes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            List<Integer> all = new ArrayList<>();
            FrameProbe probe = new FrameProbe(
                    frame -> java.util.Arrays.stream(frame.codes()).forEach(all::add));
            publisher.subscribe(probe);
            probe.subscription.request(5);
            probe.awaitEnd();
            codes.add(all);
        }
        assertThat(codes.get(0)).isEqualTo(codes.get(1)).hasSize(5 * 4);
    }

    @Test
    void twoSubscribersAtOnceShareTheModelInTurns() {
        FramePublisher publisher = new FramePublisher(script.model(), script.request(20));
        FrameProbe one = new FrameProbe();
        FrameProbe two = new FrameProbe();
        publisher.subscribe(one);
        publisher.subscribe(two);
        one.subscription.request(20);
        two.subscription.request(20);
        one.awaitEnd();
        two.awaitEnd();
        assertThat(one.numbers).isEqualTo(two.numbers);
    }

    @Test
    void closingTheModelEndsTheStreamWithAnError() {
        CountDownLatch first = new CountDownLatch(1);
        ScriptedModel closing = new ScriptedModel();
        FrameProbe probe = new FrameProbe(frame -> first.countDown());
        new FramePublisher(closing.model(), closing.request(9)).subscribe(probe);
        probe.subscription.request(1);
        Threads.await(first);
        closing.close();
        probe.subscription.request(1);
        probe.awaitEnd();
        assertThat(probe.errors).singleElement().isInstanceOf(SessionStateException.class);
        closing.assertNothingHeld();
    }

    @Test
    void aThousandFramesUnderAWindowKeepTheCacheFlat() {
        CompactionPolicy window = new SlidingWindow(2, PositionMode.KEEP);
        List<Long> bytes = new ArrayList<>();
        FrameProbe probe = new FrameProbe(frame -> bytes.add(frame.lease()
                .apply(window.plan(frame.lease().view(), Budget.unlimited()))
                .bytes()));
        new FramePublisher(script.model(), script.request(1000)).subscribe(probe);
        probe.subscription.request(Long.MAX_VALUE);
        probe.awaitEnd();
        assertThat(bytes.subList(2, 1000)).hasSize(998).containsOnly(bytes.get(2));
        assertThat(probe.numbers)
                .containsExactlyElementsOf(LongStream.range(0, 1000).boxed().toList());
    }

    private FrameProbe subscribe(long latentFrames) {
        FrameProbe probe = new FrameProbe();
        new FramePublisher(script.model(), script.request(latentFrames)).subscribe(probe);
        return probe;
    }

    /** Looks around at the end of the stream, before the probe hears of it. */
    private record Ending(FrameProbe probe, Runnable atEnd) implements org.reactivestreams.Subscriber<GeneratedFrame> {

        @Override
        public void onSubscribe(Subscription subscription) {
            probe.onSubscribe(subscription);
        }

        @Override
        public void onNext(GeneratedFrame frame) {
            probe.onNext(frame);
        }

        @Override
        public void onError(Throwable error) {
            atEnd.run();
            probe.onError(error);
        }

        @Override
        public void onComplete() {
            atEnd.run();
            probe.onComplete();
        }
    }
}
