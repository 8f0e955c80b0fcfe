package io.packcache.operators.stress;

import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.infra.results.III_Result;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** A bounded queue between a source and a receiver that are raced; the receiver has already had one picture. */
class QueueRig {

    private static final TimeBase TWELVE = new TimeBase(1, 12);

    private final Epoch epoch = new Epoch(1);
    private final FramePool pool = new FramePool();
    private final FramePool stamping = pool.stamping(() -> epoch);
    private final Source source = new Source();
    private final Receiver receiver = new Receiver();

    /**
     * @param waiting pictures in the queue when the race begins
     */
    QueueRig(int capacity, OverflowStrategy strategy, int waiting) {
        source.transform(PackcacheFlux.boundedQueue(capacity, strategy)).subscribe(receiver);
        request();
        for (int i = 0; i <= waiting; i++) {
            next();
        }
        receiver.received.set(0);
    }

    final void next() {
        source.subscriber.onNext(stamping.take(1, 1, 0, TWELVE));
    }

    final void complete() {
        source.subscriber.onComplete();
    }

    final void fail() {
        source.subscriber.onError(new ArithmeticException("not a number"));
    }

    final void request() {
        receiver.request(1);
    }

    final void cancel() {
        receiver.cancel();
    }

    final void endEpoch() {
        epoch.end();
    }

    /** Pictures received, ends told, and, after a cancel, pictures that nobody has released. */
    final void tell(III_Result result) {
        result.r1 = receiver.received.get();
        result.r2 = receiver.ends.get();
        receiver.cancel();
        result.r3 = (int) pool.live();
    }

    private static final class Source extends Flux<VideoFrame> implements Subscription {

        private CoreSubscriber<? super VideoFrame> subscriber;

        @Override
        public void subscribe(CoreSubscriber<? super VideoFrame> actual) {
            subscriber = actual;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }

    private static final class Receiver extends BaseSubscriber<VideoFrame> {

        private final AtomicInteger received = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(VideoFrame picture) {
            received.incrementAndGet();
            picture.release();
        }

        @Override
        protected void hookOnComplete() {
            ends.incrementAndGet();
        }

        @Override
        protected void hookOnError(Throwable failure) {
            ends.incrementAndGet();
        }
    }
}
