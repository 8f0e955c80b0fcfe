package io.packcache.operators.reactor;

import io.packcache.stream.flow.Relay;
import io.packcache.stream.frame.FlowElement;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Owns demand, timer and the end of one stream for a {@link Relay}.
 *
 * <p>An element is handed to the relay on arrival, under its lock, or released because the relay is closed; closing
 * discards under the same lock. So no race can lose one. Signals go out of one drain loop, without the lock.
 */
final class RelaySubscriber<I extends FlowElement, O extends FlowElement> extends FlowSubscriber<I, O> {

    @SuppressWarnings("rawtypes")
    private static final AtomicLongFieldUpdater<RelaySubscriber> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(RelaySubscriber.class, "requested");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<RelaySubscriber, Throwable> ABORT =
            AtomicReferenceFieldUpdater.newUpdater(RelaySubscriber.class, Throwable.class, "abort");

    private final Relay<I, O> relay;
    private final Alarm alarm;

    private volatile long requested;
    private final AtomicInteger wip = new AtomicInteger();

    /** A failure of ours, or a fault of our subscriber, that ends the stream at once. */
    private volatile Throwable abort;

    /** A failure of the source, told when the relay has nothing left to go out before it; written before `done`. */
    private Throwable failure;

    // Guarded by the relay's lock.
    private boolean closed;
    private boolean ended;
    private long owed;

    RelaySubscriber(CoreSubscriber<? super O> actual, Relay<I, O> relay, Scheduler timer) {
        super(actual);
        this.relay = relay;
        this.alarm = timer == null ? null : new Alarm(timer, this::drain);
        relay.onWake(this::drain);
    }

    @Override
    public void onNext(I element) {
        boolean late;
        Throwable refused = null;
        synchronized (relay) {
            late = closed || done || cancelled || abort != null;
            if (!late) {
                refused = admit(element);
            }
        }
        if (late) {
            dropLate(element);
            return;
        }
        if (refused != null) {
            element.release();
            abort(Operators.onOperatorError(s, refused, element, currentContext()));
        }
        drain();
    }

    private Throwable admit(I element) {
        if (owed == 0) {
            return Exceptions.failWithOverflow(element + " came without being asked for");
        }
        if (owed != Long.MAX_VALUE) {
            owed--;
        }
        try {
            relay.take(element, now());
            return null;
        } catch (Throwable e) {
            return e;
        }
    }

    @Override
    public void onError(Throwable error) {
        if (done || abort != null) {
            Operators.onErrorDropped(error, currentContext());
            return;
        }
        failure = error;
        done = true;
        drain();
    }

    @Override
    public void onComplete() {
        done = true;
        drain();
    }

    @Override
    public void request(long n) {
        if (n < 1) {
            s.cancel();
            abort(new IllegalArgumentException("demand must be at least 1 (Reactive Streams rule 3.9), got " + n));
        } else {
            Operators.addCap(REQUESTED, this, n);
        }
        drain();
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            s.cancel();
            drain();
        }
    }

    /** The first failure of ours counts. */
    private void abort(Throwable cause) {
        if (!ABORT.compareAndSet(this, null, cause)) {
            Operators.onErrorDropped(cause, currentContext());
        }
    }

    private void drain() {
        if (wip.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            emit();
            missed = wip.addAndGet(-missed);
        } while (missed != 0);
    }

    private void emit() {
        long wanted = requested;
        long emitted = 0;
        for (O next = next(wanted); next != null; next = next(wanted - emitted)) {
            actual.onNext(next);
            emitted += wanted == Long.MAX_VALUE ? 0 : 1;
        }
        if (emitted != 0) {
            REQUESTED.addAndGet(this, -emitted);
        }
    }

    /** What goes out now; if nothing does, the end was told, or the source asked and the alarm set. */
    private O next(long wanted) {
        long more = 0;
        long wait = Relay.NEVER;
        boolean end;
        synchronized (relay) {
            if (closed) {
                return null;
            }
            try {
                if (cancelled || abort != null) {
                    closed = true;
                } else {
                    hearEnd();
                    O next = wanted == 0 ? null : relay.poll(now());
                    if (next != null) {
                        return next;
                    }
                    closed = ended && relay.isEmpty();
                    if (!closed) {
                        more = ended ? 0 : relay.ask(wanted, owed);
                        owed = Operators.addCap(owed, more);
                        wait = alarm == null || wanted == 0 ? Relay.NEVER : relay.nanosToWait(now());
                    }
                }
            } catch (Throwable e) {
                closed = true;
                abort(Operators.onOperatorError(s, e, currentContext()));
            }
            end = closed;
            if (end) {
                relay.discard();
            }
        }
        if (end) {
            tellEnd();
        } else {
            goOn(more, wait);
        }
        return null;
    }

    private void hearEnd() {
        if (done && !ended) {
            ended = true;
            if (failure == null) {
                relay.complete();
            } else {
                relay.fail();
            }
        }
    }

    private void goOn(long more, long wait) {
        if (alarm != null) {
            try {
                alarm.set(wait);
            } catch (RejectedExecutionException e) {
                abort(Operators.onRejectedExecution(e, s, null, null, currentContext()));
                drain();
            }
        }
        if (more > 0) {
            s.request(more);
        }
    }

    private void tellEnd() {
        if (alarm != null) {
            alarm.dispose();
        }
        Throwable cause = abort != null ? abort : failure;
        if (cancelled) {
            return;
        }
        if (cause == null) {
            actual.onComplete();
        } else {
            actual.onError(cause);
        }
    }

    private long now() {
        return alarm == null ? 0 : alarm.now();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object scanUnsafe(Attr key) {
        if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
            return requested;
        }
        if (key == Attr.ERROR) {
            return abort != null ? abort : failure;
        }
        return key == Attr.RUN_STYLE && alarm != null ? Attr.RunStyle.ASYNC : super.scanUnsafe(key);
    }
}
