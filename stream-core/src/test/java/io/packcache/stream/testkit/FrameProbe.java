package io.packcache.stream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.session.GeneratedFrame;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A subscriber that asks when told to, releases every frame after looking at it, and notes what it was sent. */
public final class FrameProbe implements Subscriber<GeneratedFrame> {

    public final List<Long> numbers = new CopyOnWriteArrayList<>();
    public final List<Throwable> errors = new CopyOnWriteArrayList<>();
    public final AtomicInteger completions = new AtomicInteger();
    public volatile Subscription subscription;

    private final Consumer<GeneratedFrame> look;
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param look called with each frame before it is released
     */
    public FrameProbe(Consumer<GeneratedFrame> look) {
        this.look = look;
    }

    public FrameProbe() {
        this(frame -> {});
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
    }

    @Override
    public void onNext(GeneratedFrame frame) {
        numbers.add(frame.number());
        try (frame) {
            look.accept(frame);
        }
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
        ended.countDown();
    }

    @Override
    public void onComplete() {
        completions.incrementAndGet();
        ended.countDown();
    }

    /** Waits for the end of the stream and asserts that there was one end. */
    public void awaitEnd() {
        Threads.await(ended);
        assertThat(completions.get() + errors.size()).as("ends of the stream").isEqualTo(1);
    }
}
