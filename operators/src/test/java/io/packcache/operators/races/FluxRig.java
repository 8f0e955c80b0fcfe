package io.packcache.operators.races;

import io.packcache.operators.Row;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.util.RaceTestUtils;

/** An operator on Reactor. */
final class FluxRig<I extends FlowElement> implements Rig {

    private final boolean frames;
    private final HandmadeFrames made;
    private final ManualFlux source = new ManualFlux();
    private final Receiver receiver = new Receiver();

    FluxRig(Row<I> row, HandmadeFrames made) {
        this.frames = row.frames();
        this.made = made;
        assemble(row.flux()).subscribe(receiver);
    }

    @SuppressWarnings("unchecked")
    private Publisher<?> assemble(Function<Flux<I>, Publisher<?>> operator) {
        return operator.apply((Flux<I>) (Flux<?>) source);
    }

    @Override
    public void request(long n) {
        receiver.request(n);
    }

    @Override
    public void requestLessThanOne() {
        receiver.unchecked.request(-1);
    }

    @Override
    public void cancel() {
        receiver.cancel();
    }

    @Override
    public void cancelInOnNext() {
        receiver.cancelInOnNext = true;
    }

    @Override
    public void next() {
        send(made.next(4));
    }

    private void send(GeneratedFrame frame) {
        if (frames) {
            source.subscriber.onNext(frame);
        } else {
            frame.takePictures().forEach(source.subscriber::onNext);
        }
    }

    @Override
    public void nextSpent() {
        if (frames) {
            GeneratedFrame spent = made.next(4);
            spent.release();
            send(spent);
        }
    }

    @Override
    public void fail() {
        source.subscriber.onError(new ArithmeticException("not a number"));
    }

    @Override
    public void complete() {
        source.subscriber.onComplete();
    }

    @Override
    public void race(Runnable one, Runnable other) {
        RaceTestUtils.race(one, other);
    }

    @Override
    public int settle() {
        receiver.cancel();
        Threads.awaitEndOf("packcache-sink-");
        return receiver.ends.get();
    }

    /** Signals what it is told, allowed or not. */
    private static final class ManualFlux extends Flux<FlowElement> implements Subscription {

        private volatile CoreSubscriber<? super FlowElement> subscriber;

        @Override
        public void subscribe(CoreSubscriber<? super FlowElement> actual) {
            subscriber = actual;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }

    /** Releases all it gets, also after it has cancelled, as rule 2.8 asks. */
    private static final class Receiver extends BaseSubscriber<Object> {

        private final AtomicInteger ends = new AtomicInteger();
        private volatile boolean cancelInOnNext;
        private volatile Subscription unchecked;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            unchecked = subscription;
        }

        @Override
        protected void hookOnNext(Object element) {
            if (cancelInOnNext) {
                cancel();
            }
            if (element instanceof FlowElement owned) {
                owned.release();
            }
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
