package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.RecordingSink;
import io.packcache.stream.testkit.Threads;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;

class TeeTest {

    private final FramePool pool = new FramePool();
    private final RecordingSink file = new RecordingSink();
    private final RecordingSink live = new RecordingSink();

    @AfterEach
    void closedOnceAndNothingHeld() {
        Threads.awaitEndOf("packcache-sink-");
        assertThat(file.closes).as("times the file was closed").hasValue(1);
        assertThat(live.closes).as("times the live output was closed").hasValue(1);
        assertThat(pool.live()).as("pictures not released").isZero();
    }

    @Test
    void everyBranchGetsEveryPictureInOrder() {
        Source source = new Source(100);
        TeeSummary summary = source.into(TeeBranch.every("file", file), TeeBranch.every("live", live));
        List<Long> all = LongStream.range(0, 100).boxed().toList();
        assertThat(file.times).isEqualTo(all);
        assertThat(live.times).isEqualTo(all);
        assertThat(summary.branch("file").written().written()).isEqualTo(100);
        assertThat(summary.branch("live").failure()).isEmpty();
    }

    @Test
    void aStalledBranchThatDropsSlowsNobody() {
        CountDownLatch gate = new CountDownLatch(1);
        live.waitFor(gate);
        Source source = new Source(50);
        SinkSubscriber<TeeSummary> tee =
                source.subscriber(TeeBranch.every("file", file), TeeBranch.newest("live", live));
        tee.onSubscribe(source);
        while (file.times.size() < 50) {
            Thread.onSpinWait();
        }
        gate.countDown();
        TeeSummary summary = await(tee);
        assertThat(summary.branch("file").written().written()).isEqualTo(50);
        WriteSummary stalled = summary.branch("live").written();
        assertThat(stalled.written() + stalled.discarded()).isEqualTo(50);
        assertThat(stalled.written()).isBetween(5L, 6L);
        assertThat(live.times).as("the newest are kept").endsWith(46L, 47L, 48L, 49L);
    }

    @Test
    void aStalledBranchThatGetsEveryPictureHoldsTheSourceBack() {
        CountDownLatch gate = new CountDownLatch(1);
        live.waitFor(gate);
        Source source = new Source(50);
        SinkSubscriber<TeeSummary> tee = source.subscriber(
                TeeBranch.every("file", file), TeeBranch.every("live", live).withCapacity(3));
        tee.onSubscribe(source);
        while (file.times.size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(source.sent).hasValue(3);
        gate.countDown();
        assertThat(await(tee).branch("live").written().written()).isEqualTo(50);
    }

    @Test
    void aBranchThatFailsEndsAlone() {
        live.failAt(2);
        TeeSummary summary = new Source(20).into(TeeBranch.every("file", file), TeeBranch.every("live", live));
        assertThat(summary.branch("file").written().written()).isEqualTo(20);
        assertThat(summary.branch("live").failure()).get().asString().contains("disk full at picture 2");
        assertThat(summary.branch("live").written().written()).isEqualTo(2);
    }

    @Test
    void aBranchThatOverflowsEndsAlone() {
        CountDownLatch gate = new CountDownLatch(1);
        live.waitFor(gate);
        Source source = new Source(20);
        SinkSubscriber<TeeSummary> tee = source.subscriber(
                TeeBranch.every("file", file), TeeBranch.every("live", live).withStrategy(OverflowStrategy.FAIL));
        tee.onSubscribe(source);
        while (file.times.size() < 20) {
            Thread.onSpinWait();
        }
        gate.countDown();
        TeeSummary summary = await(tee);
        assertThat(summary.branch("file").written().written()).isEqualTo(20);
        assertThat(summary.branch("live").failure()).get().isInstanceOf(QueueOverflowException.class);
    }

    @Test
    void whenTheLastBranchHasFailedTheSourceIsCancelledAndTheFirstFailureTold() {
        file.failAt(3);
        live.failAt(2);
        Source source = new Source(Long.MAX_VALUE);
        SinkSubscriber<TeeSummary> tee =
                source.subscriber(TeeBranch.every("file", file), TeeBranch.every("live", live));
        tee.onSubscribe(source);
        Throwable failure = tee.result()
                .handle((summary, error) -> error)
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        assertThat(failure).hasMessageContaining("disk full at picture 3");
        assertThat(failure.getSuppressed()).singleElement().asString().contains("disk full at picture 2");
        assertThat(source.cancelled).isTrue();
    }

    @Test
    void branchesThatMakeNoTeeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tee.check(List.of(TeeBranch.every("a", file), TeeBranch.newest("a", live))))
                .withMessage("the branches of a tee have different names, got [a, a]");
        assertThatIllegalArgumentException().isThrownBy(() -> Tee.check(List.of()));
        new Source(0).into(TeeBranch.every("file", file), TeeBranch.every("live", live));
    }

    private static TeeSummary await(SinkSubscriber<TeeSummary> tee) {
        return tee.result()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** Sends as many pictures as asked for, on the thread that asks; one at a time. */
    private final class Source implements Subscription {

        private final long count;
        private SinkSubscriber<TeeSummary> target;
        private long wanted;
        private boolean sending;
        private boolean completed;
        final AtomicLong sent = new AtomicLong();
        volatile boolean cancelled;

        Source(long count) {
            this.count = count;
        }

        SinkSubscriber<TeeSummary> subscriber(TeeBranch... branches) {
            target = new SinkSubscriber<>(end -> new Tee(List.of(branches), FlowObserver.NONE, end));
            return target;
        }

        TeeSummary into(TeeBranch... branches) {
            SinkSubscriber<TeeSummary> tee = subscriber(branches);
            tee.onSubscribe(this);
            if (count == 0) {
                tee.onComplete();
            }
            return await(tee);
        }

        @Override
        public void request(long n) {
            synchronized (this) {
                wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
                if (sending) {
                    return;
                }
                sending = true;
            }
            while (more()) {
                target.onNext(picture(sent.get()));
                sent.incrementAndGet();
            }
        }

        private synchronized boolean more() {
            if (!cancelled && wanted > 0 && sent.get() < count) {
                wanted -= wanted == Long.MAX_VALUE ? 0 : 1;
                return true;
            }
            sending = false;
            if (!cancelled && !completed && sent.get() == count && count > 0) {
                completed = true;
                target.onComplete();
            }
            return false;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private VideoFrame picture(long pts) {
        return pool.take(2, 2, pts, new TimeBase(1, 12));
    }
}
