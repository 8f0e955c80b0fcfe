package io.packcache.media.source;

import io.packcache.media.file.PictureReader;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscriber's reader and the thread that works for it. */
final class ReadingSubscription implements Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(ReadingSubscription.class);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final VideoPublisher.Opening opening;
    private final Subscriber<? super VideoFrame> subscriber;

    /* Guarded by this. */
    private long requested;
    private boolean cancelled;
    private boolean subscribed;
    private boolean started;
    private IllegalArgumentException violation;
    private PictureReader reader;

    ReadingSubscription(VideoPublisher.Opening opening, Subscriber<? super VideoFrame> subscriber) {
        this.opening = opening;
        this.subscriber = subscriber;
    }

    /** Called once onSubscribe has returned, so that no signal comes while it still runs. */
    synchronized void start() {
        subscribed = true;
        wake();
    }

    @Override
    public synchronized void request(long n) {
        if (n < 1) {
            violation = new IllegalArgumentException(
                    "demand must be at least 1 picture (Reactive Streams rule 3.9), got " + n);
        } else {
            requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
        }
        wake();
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (reader != null) {
            reader.abort();
        }
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
        if (subscribed && !started && !cancelled && (requested > 0 || violation != null)) {
            started = true;
            Thread thread = new Thread(this::run, "packcache-source-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        Throwable failure = null;
        try {
            if (awaitDemand()) {
                read();
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        end(failure);
    }

    private void read() throws IOException {
        try (PictureReader open = opening.open()) {
            publish(open);
            while (awaitDemand()) {
                VideoFrame picture = open.read();
                if (picture == null) {
                    return;
                }
                hand(picture);
            }
        } finally {
            publish(null);
        }
    }

    /** From now on a cancellation reaches this reader. */
    private synchronized void publish(PictureReader open) {
        reader = open;
        if (cancelled && open != null) {
            open.abort();
        }
    }

    private void hand(VideoFrame picture) {
        synchronized (this) {
            if (cancelled) {
                picture.release();
                return;
            }
            requested = requested == Long.MAX_VALUE ? requested : requested - 1;
        }
        boolean taken = false;
        try {
            subscriber.onNext(picture);
            taken = true;
        } finally {
            if (!taken) {
                // A subscriber that throws has broken rule 2.13: it counts as cancelled, and its failure is logged.
                cancel();
            }
        }
    }

    private synchronized boolean awaitDemand() {
        boolean interrupted = false;
        while (requested == 0 && !cancelled && violation == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Only demand or a cancellation ends this wait.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !cancelled && violation == null;
    }

    private void end(Throwable failure) {
        boolean over;
        Throwable cause;
        synchronized (this) {
            over = cancelled;
            cancelled = true;
            cause = failure == null ? violation : failure;
        }
        if (over) {
            if (failure instanceof RuntimeException || failure instanceof Error) {
                LOG.error("a subscriber of pictures, or its source, failed", failure);
            }
        } else if (cause != null) {
            subscriber.onError(cause);
        } else {
            subscriber.onComplete();
        }
    }
}
