package io.packcache.operators;

import static io.packcache.stream.flow.TeeBranch.every;
import static org.assertj.core.api.Assertions.assertThat;

import akka.stream.javadsl.Source;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.operators.virtual.VirtualActors;
import io.packcache.stream.flow.SinkSubscriber;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.Threads;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Between a source that gives whatever it is asked for and a receiver that asks for one at a time and releases it at once,
 * an operator holds as many pictures as its documentation says, and not one more.
 */
class InFlightTest {

    private static final int PICTURES = 48;
    private static final int ASKED = 9;
    private static final int BRANCH = 2;
    private static final long PATIENCE_SECONDS = 20;

    private final HandmadeFrames made = new HandmadeFrames();
    private final LongAccumulator most = new LongAccumulator(Math::max, 0);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final RecordingSink stalled = new RecordingSink().waitFor(gate);

    static Stream<Row<?>> everyOperator() {
        return Row.operators().stream();
    }

    @AfterEach
    void nothingIsHeld() {
        Threads.awaitEndOf("packcache-sink-");
    }

    @ParameterizedTest
    @MethodSource("everyOperator")
    <I extends FlowElement> void onReactor(Row<I> row) {
        Receiver receiver = new Receiver();
        Publisher<?> operator = row.flux().apply(Flux.range(0, elements(row)).map(i -> next(row)));
        operator.subscribe(receiver);
        for (int i = 0; i < ASKED; i++) {
            receiver.request(1);
        }
        receiver.cancel();
        assertThat(most.get()).as("most pictures in flight").isEqualTo(row.inFlight());
    }

    @ParameterizedTest
    @MethodSource("everyOperator")
    <I extends FlowElement> void onAkka(Row<I> row) {
        try (VirtualActors actors = new VirtualActors()) {
            TestSubscriber.Probe<Object> receiver = Source.range(1, elements(row))
                    .map(i -> this.<I>next(row))
                    .via(row.flow().get())
                    .<Object>map(InFlightTest::released)
                    .runWith(TestSink.probe(actors.system), actors.system);
            for (int i = 0; i < ASKED; i++) {
                receiver.request(1);
            }
            receiver.cancel();
        }
        assertThat(most.get())
                .as("most pictures in flight")
                .isBetween((long) row.inFlight(), row.inFlight() + (row.asksAhead() ? 1L : 0L));
    }

    @Test
    void aSinkThatStallsOnReactor() {
        Mono<?> writing = Flux.range(0, PICTURES)
                .map(i -> picture())
                .as(io.packcache.operators.reactor.PackcacheSink.to(stalled));
        assertStalledWith(SinkSubscriber.QUEUE, writing.toFuture());
    }

    @Test
    void aSinkThatStallsOnAkka() {
        try (VirtualActors actors = new VirtualActors()) {
            CompletionStage<?> end =
                    Source.range(1, PICTURES).map(i -> picture()).runWith(PackcacheSink.to(stalled), actors.system);
            assertStalledWith(SinkSubscriber.QUEUE, end);
        }
    }

    @Test
    void aTeeWithABranchThatStallsOnReactor() {
        Mono<?> writing = Flux.range(0, PICTURES)
                .map(i -> picture())
                .as(io.packcache.operators.reactor.PackcacheSink.tee(branches()));
        assertStalledWith(BRANCH, writing.toFuture());
    }

    @Test
    void aTeeWithABranchThatStallsOnAkka() {
        try (VirtualActors actors = new VirtualActors()) {
            CompletionStage<?> end =
                    Source.range(1, PICTURES).map(i -> picture()).runWith(PackcacheSink.tee(branches()), actors.system);
            assertStalledWith(BRANCH, end);
        }
    }

    /** The other branch gets all that the stalled one lets through, and holds nothing else. */
    private List<TeeBranch> branches() {
        return List.of(
                every("stalled", stalled).withCapacity(BRANCH),
                every("fast", new RecordingSink()).withCapacity(BRANCH));
    }

    private void assertStalledWith(int held, CompletionStage<?> end) {
        Threads.await(stalled.firstWrite);
        assertThat(made.pool.live()).as("pictures in flight while stalled").isEqualTo(held);
        gate.countDown();
        end.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        assertThat(most.get()).as("most pictures in flight").isEqualTo(held);
    }

    private VideoFrame picture() {
        VideoFrame picture = made.next(1).takePictures().get(0);
        most.accumulate(made.pool.live());
        return picture;
    }

    private static int elements(Row<?> row) {
        return row.frames() ? PICTURES / Row.PICTURES : PICTURES;
    }

    @SuppressWarnings("unchecked")
    private <I extends FlowElement> I next(Row<I> row) {
        if (!row.frames()) {
            return (I) picture();
        }
        GeneratedFrame frame = made.next(Row.PICTURES);
        most.accumulate(made.pool.live());
        return (I) frame;
    }

    private static Object released(Object element) {
        if (element instanceof FlowElement owned) {
            owned.release();
        }
        return element;
    }

    private static final class Receiver extends BaseSubscriber<Object> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(Object element) {
            released(element);
        }

        @Override
        protected void hookOnError(Throwable failure) {}
    }
}
