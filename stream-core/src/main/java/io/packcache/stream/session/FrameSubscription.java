package io.packcache.stream.session;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscriber's session and the thread that works for it. */
final class FrameSubscription implements Subscription, Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(FrameSubscription.class);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Supplier<GenerationSession> opening;
    private final Subscriber<? super GeneratedFrame> subscriber;

    private final AtomicLong requested = new AtomicLong();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean subscribed;
    private volatile boolean cancelled;
    private volatile IllegalArgumentException violation;
    private volatile GenerationSession session;
    private volatile Thread worker;

    FrameSubscription(Supplier<GenerationSession> opening, Subscriber<? super GeneratedFrame> subscriber) {
        this.opening = opening;
        this.subscriber = subscriber;
    }

    /** Called once onSubscribe has returned, so that no signal comes from the worker while it still runs. */
    void start() {
        subscribed = true;
        if (requested.get() > 0 || violation != null) {
            wake();
        }
    }

    @Override
    public void request(long n) {
        if (n < 1) {
            violation = new IllegalArgumentException(
                    "demand must be at least 1 latent frame (Reactive Streams rule 3.9), got " + n);
        } else {
            requested.accumulateAndGet(n, FrameSubscription::addCapped);
        }
        wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        // The worker publishes its session before it looks at `cancelled`, so one of the two sees the other.
        GenerationSession open = session;
        if (open != null) {
            open.cancel();
        }
        LockSupport.unpark(worker);
    }

    private void wake() {
        if (!subscribed || cancelled) {
            return;
        }
        if (started.compareAndSet(false, true)) {
            Thread thread = new Thread(this, "packcache-session-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            thread.start();
        } else {
            LockSupport.unpark(worker);
        }
    }

    @Override
    public void run() {
        worker = Thread.currentThread();
        Throwable failure = null;
        try (GenerationSession open = opening.get()) {
            session = open;
            // Pictures reach the session's steering long after the subscriber may be forgotten: not through `this`.
            Thread sleeper = worker;
            open.onWake(() -> LockSupport.unpark(sleeper));
            emit(open);
        } catch (Throwable e) {
            failure = e;
        }
        session = null;
        end(failure);
    }

    private void emit(GenerationSession open) {
        while (open.hasNext() && awaitDemand(open)) {
            GeneratedFrame frame = open.poll();
            if (frame == null) {
                continue;
            }
            if (cancelled) {
                frame.release();
                return;
            }
            requested.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
            hand(frame);
        }
    }

    /** A subscriber that throws has broken rule 2.13: it counts as cancelled, and its failure is logged. */
    private void hand(GeneratedFrame frame) {
        try {
            subscriber.onNext(frame);
        } catch (Throwable e) {
            cancelled = true;
            throw e;
        }
    }

    private boolean awaitDemand(GenerationSession open) {
        while (!cancelled && violation == null) {
            if (requested.get() > 0 && open.state() != GenerationSession.State.PAUSED) {
                return true;
            }
            LockSupport.park(this);
            // A pending interrupt, left by user code in onNext, would turn waiting into spinning.
            Thread.interrupted();
        }
        return false;
    }

    private void end(Throwable failure) {
        if (cancelled) {
            if (failure != null && !(failure instanceof CancellationException)) {
                LOG.error("a cancelled session, or the subscriber that it served, failed", failure);
            }
        } else if (failure != null) {
            subscriber.onError(failure);
        } else if (violation != null) {
            subscriber.onError(violation);
        } else {
            subscriber.onComplete();
        }
    }

    private static long addCapped(long demand, long more) {
        long sum = demand + more;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
