package io.packcache.operators.reactor;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** A source that signals what a test says, when it says it, whether that is allowed or not. */
final class ManualSource<T> extends Flux<T> implements Subscription {

    final AtomicLong requested = new AtomicLong();
    volatile boolean cancelled;
    private volatile CoreSubscriber<? super T> subscriber;

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        subscriber = actual;
        actual.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        requested.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    void next(T element) {
        subscriber.onNext(element);
    }

    void fail(Throwable failure) {
        subscriber.onError(failure);
    }

    void complete() {
        subscriber.onComplete();
    }
}
