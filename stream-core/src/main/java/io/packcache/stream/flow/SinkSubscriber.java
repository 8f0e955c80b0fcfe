package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A {@link FrameSink} as a Reactive Streams subscriber: one unit of demand for each free place of the sink's queue.
 *
 * <p><b>Demand</b>: as many pictures as the queue has places, then one for each written.
 *
 * <p><b>Order</b>: kept.
 *
 * <p><b>Discard</b>: pictures that wait are released on {@link #cancel} and when the sink fails; the summary counts them.
 *
 * <p><b>Errors</b>: those of the source after the pictures before them were written; those of the sink after the source
 * was cancelled. The sink is closed before either is told.
 *
 * <p><b>Cancellation</b>: the source is cancelled, the sink closed after the picture it is writing.
 *
 * <p><b>Thread</b>: the sink has its own, from the subscription until it is closed, and the result comes from it.
 */
public final class SinkSubscriber implements Subscriber<VideoFrame> {

    /** One latent frame and a picture more: enough to generate the next latent frame while this one is written. */
    public static final int QUEUE = 5;

    private static final Subscription ENDED = new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };

    private final SinkWriter writer;
    private final int capacity;
    private final CompletableFuture<WriteSummary> result = new CompletableFuture<>();
    private final AtomicReference<Subscription> upstream = new AtomicReference<>();

    /**
     * Makes a subscriber for one subscription.
     *
     * @param sink where the pictures go; closed when the stream ends, however it ends
     * @param capacity pictures that may wait, at least 1
     */
    public SinkSubscriber(FrameSink sink, int capacity) {
        this.writer = new SinkWriter(sink, capacity, new Progress());
        this.capacity = capacity;
    }

    /** What was written, once the sink is closed; or what went wrong. After {@link #cancel}, what was written until then. */
    public CompletionStage<WriteSummary> result() {
        return result;
    }

    /** Nobody wants the rest. Before a subscription it only refuses that subscription. */
    public void cancel() {
        Subscription subscription = upstream.getAndSet(ENDED);
        if (subscription != null) {
            subscription.cancel();
            writer.cancel();
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (upstream.compareAndSet(null, subscription)) {
            writer.start();
            subscription.request(capacity);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(VideoFrame picture) {
        Objects.requireNonNull(picture, "picture");
        if (!writer.offer(picture) && stop()) {
            writer.fail(new IllegalStateException("picture " + picture.pts() + " came without being asked for"));
        }
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        upstream.set(ENDED);
        writer.fail(error);
    }

    @Override
    public void onComplete() {
        upstream.set(ENDED);
        writer.complete();
    }

    /** Cancels the source; false if that was done before, or the source has ended. */
    private boolean stop() {
        Subscription subscription = upstream.getAndSet(ENDED);
        subscription.cancel();
        return subscription != ENDED;
    }

    private final class Progress implements SinkWriter.Listener {

        @Override
        public void written() {
            upstream.get().request(1);
        }

        @Override
        public void refused() {
            stop();
        }

        @Override
        public void closed(WriteSummary summary, Throwable failure) {
            if (failure == null) {
                result.complete(summary);
            } else {
                result.completeExceptionally(failure);
            }
        }
    }
}
