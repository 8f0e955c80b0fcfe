package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.Threads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SinkWriterTest {

    private final FramePool pool = new FramePool();
    private final RecordingSink sink = new RecordingSink();
    private final Ends ends = new Ends();
    private final SinkWriter writer = new SinkWriter(sink, 2, OverflowStrategy.BACKPRESSURE, FlowObserver.NONE, ends);

    @AfterEach
    void closedOnceAndNothingHeld() {
        Threads.awaitEndOf("packcache-sink-");
        assertThat(sink.closes).as("times the sink was closed").hasValue(1);
        assertThat(ends.closed).as("ends announced").hasValue(1);
        assertThat(pool.live()).as("pictures not released").isZero();
    }

    @Test
    void whatWasQueuedBeforeTheEndIsWrittenInOrder() {
        writer.offer(picture(0));
        writer.offer(picture(1));
        writer.complete();
        writer.start();
        ends.await();
        assertThat(sink.times).containsExactly(0L, 1L);
        assertThat(ends.summary.written()).isEqualTo(2);
        assertThat(ends.summary.discarded()).isZero();
        assertThat(ends.failure).isNull();
        assertThat(ends.room)
                .as("two places at the start, one for each written")
                .hasValue(4);
    }

    @Test
    void aPictureBeyondTheQueueIsReleasedAndEndsTheWriting() {
        writer.offer(picture(0));
        writer.offer(picture(1));
        writer.offer(picture(2));
        assertThat(ends.refused).hasValue(1);
        writer.start();
        ends.await();
        assertThat(sink.times).containsExactly(0L, 1L);
        assertThat(ends.summary.discarded()).isEqualTo(1);
        assertThat(ends.failure)
                .hasMessage("a queue of 2 is full and picture 2 came; take a longer queue, a dropping strategy, or a"
                        + " faster receiver");
    }

    @Test
    void aFailureOfTheSourceComesAfterThePicturesBeforeIt() {
        ArithmeticException failure = new ArithmeticException("not a number");
        writer.offer(picture(0));
        writer.fail(failure);
        writer.start();
        ends.await();
        assertThat(sink.times).containsExactly(0L);
        assertThat(ends.failure).isSameAs(failure);
    }

    @Test
    void aRefusedPictureStopsTheSourceAndReleasesTheRest() {
        sink.failAt(0);
        writer.offer(picture(0));
        writer.offer(picture(1));
        writer.start();
        ends.await();
        assertThat(ends.refused).hasValue(1);
        assertThat(ends.failure).isInstanceOf(SinkException.class).hasMessageContaining("disk full at picture 0");
        assertThat(ends.summary.discarded()).isEqualTo(1);
        writer.offer(picture(2));
    }

    @Test
    void aFailureToCloseIsToldAndJoinsAnEarlierOne() {
        sink.failAt(0).failClose();
        writer.offer(picture(0));
        writer.start();
        ends.await();
        assertThat(ends.failure).hasMessageContaining("disk full");
        assertThat(ends.failure.getSuppressed()).singleElement().asString().contains("cannot finish the file");
    }

    @Test
    void cancelReleasesWhatWaitsAndClosesAfterThePictureBeingWritten() {
        CountDownLatch gate = new CountDownLatch(1);
        sink.waitFor(gate);
        writer.start();
        writer.offer(picture(0));
        Threads.await(sink.firstWrite);
        writer.offer(picture(1));
        writer.cancel();
        writer.complete();
        gate.countDown();
        ends.await();
        assertThat(sink.times).containsExactly(0L);
        assertThat(ends.summary.discarded()).isEqualTo(1);
        assertThat(ends.failure).isNull();
    }

    @Test
    void cancelWithoutAnyPictureStillCloses() {
        writer.start();
        writer.cancel();
        ends.await();
        assertThat(ends.summary.written()).isZero();
    }

    @Test
    void aQueueOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SinkWriter(sink, 0, OverflowStrategy.BACKPRESSURE, FlowObserver.NONE, ends))
                .withMessage("a queue holds at least 1 element, got 0");
        writer.start();
        writer.complete();
        ends.await();
    }

    private VideoFrame picture(long pts) {
        return pool.take(2, 2, pts, new TimeBase(1, 12));
    }

    private static final class Ends implements Drain.Listener<WriteSummary> {

        final AtomicLong room = new AtomicLong();
        final AtomicInteger refused = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        volatile WriteSummary summary;
        volatile Throwable failure;
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public void room(long places) {
            room.addAndGet(places);
        }

        @Override
        public void refused() {
            refused.incrementAndGet();
        }

        @Override
        public void closed(WriteSummary what, Throwable why) {
            closed.incrementAndGet();
            summary = what;
            failure = why;
            end.countDown();
        }

        void await() {
            Threads.await(end);
        }
    }
}
