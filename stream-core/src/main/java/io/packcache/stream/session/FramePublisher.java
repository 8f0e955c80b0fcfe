package io.packcache.stream.session;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * Generation as a Reactive Streams publisher. Cold: each subscriber gets a session of its own.
 *
 * <p><b>Demand</b>: one unit, one latent frame; without demand nothing is computed, however long. What a subscriber does
 * to the cache inside {@code onNext} is done before the next frame begins, even if more demand is already there.
 *
 * <p><b>Order</b>: by number, conditioning frames first.
 *
 * <p><b>Discard</b>: a frame finished after its subscriber cancelled is released.
 *
 * <p><b>Errors</b>: a failed frame ends the stream with {@link GenerationException}; demand below 1 with
 * {@link IllegalArgumentException}. The session is closed before the stream completes or fails.
 *
 * <p><b>Cancellation</b>: ends the frame within one refinement step, closes the session and ends its thread.
 *
 * <p><b>Thread</b>: all signals but {@code onSubscribe} come from one daemon thread for each subscriber, started by the
 * first demand.
 */
public final class FramePublisher implements Publisher<GeneratedFrame> {

    private final VideoModel model;
    private final Supplier<GenerationSession> opening;

    /**
     * Describes a stream; nothing happens before somebody subscribes and asks.
     *
     * @throws IllegalArgumentException if the model cannot generate the request, saying what would be right
     */
    public FramePublisher(VideoModel model, GenerationRequest request) {
        this(model, () -> model.open(request));
        model.check(request);
    }

    private FramePublisher(VideoModel model, Supplier<GenerationSession> opening) {
        this.model = model;
        this.opening = opening;
    }

    /**
     * Describes the rest of a stream that was saved; the file is read for each subscriber, when it first asks.
     *
     * @param file written by {@link CacheLease#save}
     */
    public static FramePublisher resuming(VideoModel model, Path file) {
        Objects.requireNonNull(file, "file");
        return new FramePublisher(model, () -> model.resume(file));
    }

    /** What makes the frames. */
    public VideoModel model() {
        return model;
    }

    @Override
    public void subscribe(Subscriber<? super GeneratedFrame> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        FrameSubscription subscription = new FrameSubscription(opening, subscriber);
        subscriber.onSubscribe(subscription);
        subscription.start();
    }
}
