package io.packcache.stream.testkit;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;

/**
 * A subscriber that asks by itself for whatever it has room for, and what the kit of Reactive Streams wants to know of it.
 *
 * @param cancelling makes the subscriber cancel
 */
public record ProbedSubscriber<T>(Subscriber<T> subscriber, Runnable cancelling, WhiteboxSubscriberProbe<T> probe)
        implements Subscriber<T> {

    @Override
    public void onSubscribe(Subscription subscription) {
        subscriber.onSubscribe(subscription);
        probe.registerOnSubscribe(new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {
                // It has asked already, or does when there is room.
            }

            @Override
            public void signalCancel() {
                cancelling.run();
            }
        });
    }

    @Override
    public void onNext(T element) {
        subscriber.onNext(element);
        probe.registerOnNext(element);
    }

    @Override
    public void onError(Throwable error) {
        subscriber.onError(error);
        probe.registerOnError(error);
    }

    @Override
    public void onComplete() {
        subscriber.onComplete();
        probe.registerOnComplete();
    }
}
