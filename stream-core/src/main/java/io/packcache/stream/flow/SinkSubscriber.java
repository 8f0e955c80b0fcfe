package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A {@link Drain} as a Reactive Streams subscriber: one unit of demand for each place that is free.
 *
 * <p><b>Demand</b>: what there is room for: for one sink as many pictures as its queue has places, then one for each
 * written.
 *
 * <p><b>Order</b>: kept.
 *
 * <p><b>Discard</b>: pictures that wait are released on {@link #cancel} and when the sink fails; the summary counts them.
 *
 * <p><b>Errors</b>: those of the source after the pictures before them were written; those of the sink after the source
 * was cancelled. Everything is closed before either is told.
 *
 * <p><b>Cancellation</b>: the source is cancelled, each sink closed after the picture it is writing.
 *
 * <p><b>Thread</b>: each sink has its own, from the subscription until it is closed; the result comes from the last.
 *
 * @param <S> what is told at the end
 */
public final class SinkSubscriber<S> implements Subscriber<VideoFrame> {

    /** One latent frame and a picture more: enough to generate the next latent frame while this one is written. */
    public static final int QUEUE = 5;

    private static final Subscription ENDED = new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final Drain drain;
    private final CompletableFuture<S> result = new CompletableFuture<>();
    private final AtomicReference<Subscription> upstream = new AtomicReference<>();

    /**
     * Makes a subscriber for one subscription.
     *
     * @param making makes the drain, which is started with the subscription
     */
    public SinkSubscriber(Function<Drain.Listener<S>, Drain> making) {
        this.drain = making.apply(new Progress());
    }

    /** A subscriber that writes into one sink and closes it when the stream ends, however it ends. */
    public static SinkSubscriber<WriteSummary> to(FrameSink sink) {
        return new SinkSubscriber<>(listener -> writer(sink, FlowObserver.NONE, listener));
    }

    /** What drives one sink wherever nothing else is asked for: {@value #QUEUE} pictures, each of them written. */
    public static Drain writer(FrameSink sink, FlowObserver observer, Drain.Listener<WriteSummary> listener) {
        return new SinkWriter(sink, QUEUE, OverflowStrategy.BACKPRESSURE, observer, listener);
    }

    /** What was written, once everything is closed; or what went wrong. After {@link #cancel}, what was written until then. */
    public CompletionStage<S> result() {
        return result;
    }

    /** Nobody wants the rest. Before a subscription it only refuses that subscription. */
    public void cancel() {
        Subscription subscription = upstream.getAndSet(ENDED);
        if (subscription != null) {
            subscription.cancel();
            drain.cancel();
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (upstream.compareAndSet(null, subscription)) {
            drain.start();
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(VideoFrame picture) {
        drain.offer(Objects.requireNonNull(picture, "picture"));
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        upstream.set(ENDED);
        drain.fail(error);
    }

    @Override
    public void onComplete() {
        upstream.set(ENDED);
        drain.complete();
    }

    private final class Progress implements Drain.Listener<S> {

        @Override
        public void room(long places) {
            upstream.get().request(places);
        }

        @Override
        public void refused() {
            upstream.getAndSet(ENDED).cancel();
        }

        @Override
        public void closed(S summary, Throwable failure) {
            if (failure == null) {
                result.complete(summary);
            } else {
                result.completeExceptionally(failure);
            }
        }
    }
}
