package io.packcache.operators.tck;

import java.util.Objects;
import java.util.function.Function;
import org.reactivestreams.Processor;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * Operators of Reactor's kind as a processor: what is signalled to it goes into the first of them, and whoever subscribes
 * to it subscribes to the last. Adds no thread, no queue and no demand. One subscriber, which may come before or after the
 * source, and is forgotten when it cancels.
 */
final class OperatorProcessor<T> implements Processor<T, T> {

    private final Flux<T> far;
    private volatile CoreSubscriber<? super T> near;
    private Subscription source;
    private Throwable failure;
    private boolean ended;

    private OperatorProcessor(Function<Flux<T>, Flux<T>> operators) {
        this.far = operators.apply(new Near());
    }

    static <T> Processor<T, T> of(Function<Flux<T>, Flux<T>> operators) {
        return new OperatorProcessor<>(operators);
    }

    @Override
    public void subscribe(Subscriber<? super T> subscriber) {
        far.subscribe(Objects.requireNonNull(subscriber));
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription);
        CoreSubscriber<? super T> waiting;
        synchronized (this) {
            if (source == null) {
                source = subscription;
                waiting = near;
            } else {
                waiting = null;
                subscription.cancel();
            }
        }
        if (waiting != null) {
            waiting.onSubscribe(new Forgetting(subscription));
        }
    }

    @Override
    public void onNext(T element) {
        Objects.requireNonNull(element);
        CoreSubscriber<? super T> there = near;
        if (there != null) {
            there.onNext(element);
        }
    }

    @Override
    public void onError(Throwable cause) {
        end(Objects.requireNonNull(cause));
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(Throwable cause) {
        CoreSubscriber<? super T> there;
        synchronized (this) {
            ended = true;
            failure = cause;
            there = near;
        }
        if (there != null) {
            tellEnd(there);
        }
    }

    private void tellEnd(CoreSubscriber<? super T> there) {
        if (failure == null) {
            there.onComplete();
        } else {
            there.onError(failure);
        }
    }

    private final class Near extends Flux<T> {

        @Override
        public void subscribe(CoreSubscriber<? super T> subscriber) {
            Subscription given;
            boolean over;
            synchronized (OperatorProcessor.this) {
                near = subscriber;
                given = source;
                over = ended;
            }
            if (given != null) {
                subscriber.onSubscribe(new Forgetting(given));
            }
            if (over) {
                tellEnd(subscriber);
            }
        }
    }

    private final class Forgetting implements Subscription {

        private final Subscription subscription;

        Forgetting(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void request(long n) {
            subscription.request(n);
        }

        @Override
        public void cancel() {
            near = null;
            subscription.cancel();
        }
    }
}
