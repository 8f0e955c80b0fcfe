package io.packcache.operators.reactor;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Flattens latent frames into pictures, one latent frame at a time, and owns the pictures it has not emitted. */
final class FluxPictures extends FluxOperator<GeneratedFrame, VideoFrame> {

    private FluxPictures(Flux<? extends GeneratedFrame> source) {
        super(source);
    }

    static Flux<VideoFrame> of(Flux<GeneratedFrame> source) {
        return onAssembly(new FluxPictures(source.doOnDiscard(GeneratedFrame.class, GeneratedFrame::release)));
    }

    @Override
    public void subscribe(CoreSubscriber<? super VideoFrame> actual) {
        source.subscribe(new PicturesSubscriber(actual));
    }

    @Override
    public int getPrefetch() {
        return 1;
    }

    private static final class PicturesSubscriber implements CoreSubscriber<GeneratedFrame>, Subscription, Scannable {

        private static final AtomicLongFieldUpdater<PicturesSubscriber> REQUESTED =
                AtomicLongFieldUpdater.newUpdater(PicturesSubscriber.class, "requested");
        private static final AtomicReferenceFieldUpdater<PicturesSubscriber, Throwable> ERROR =
                AtomicReferenceFieldUpdater.newUpdater(PicturesSubscriber.class, Throwable.class, "error");

        private final CoreSubscriber<? super VideoFrame> actual;
        private Subscription s;

        private volatile long requested;
        private final AtomicInteger wip = new AtomicInteger();
        private volatile List<VideoFrame> arrived;
        private volatile Throwable error;
        private volatile boolean done;
        private volatile boolean cancelled;

        // Only touched inside the drain loop.
        private List<VideoFrame> held = List.of();
        private int next;
        private boolean asked;
        private boolean ended;

        PicturesSubscriber(CoreSubscriber<? super VideoFrame> actual) {
            this.actual = actual;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (Operators.validate(s, subscription)) {
                s = subscription;
                actual.onSubscribe(this);
            }
        }

        @Override
        public void onNext(GeneratedFrame frame) {
            if (done) {
                frame.release();
                Operators.onNextDropped(frame, currentContext());
                return;
            }
            if (arrived != null) {
                frame.release();
                s.cancel();
                fail(Exceptions.failWithOverflow("latent frame " + frame.number() + " came without being asked for"));
                return;
            }
            try {
                arrived = frame.takePictures();
            } catch (IllegalStateException e) {
                fail(Operators.onOperatorError(s, e, frame, currentContext()));
                return;
            }
            drain();
        }

        @Override
        public void onError(Throwable failure) {
            if (done) {
                Operators.onErrorDropped(failure, currentContext());
                return;
            }
            fail(failure);
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
                fail(new IllegalArgumentException(
                        "demand must be at least 1 picture (Reactive Streams rule 3.9), got " + n));
                return;
            }
            Operators.addCap(REQUESTED, this, n);
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

        /** Ends the stream at once; the first failure counts. */
        private void fail(Throwable failure) {
            if (!ERROR.compareAndSet(this, null, failure)) {
                Operators.onErrorDropped(failure, currentContext());
            }
            done = true;
            drain();
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

        /** Emits what demand allows, and asks for the next latent frame when a picture is wanted and none is left. */
        private void emit() {
            long wanted = requested;
            long emitted = 0;
            while (!terminated()) {
                if (next == held.size()) {
                    if (emitted == wanted || asked) {
                        break;
                    }
                    asked = true;
                    s.request(1);
                } else if (emitted == wanted) {
                    break;
                } else {
                    emitted++;
                    actual.onNext(held.get(next++));
                }
            }
            if (emitted != 0 && wanted != Long.MAX_VALUE) {
                REQUESTED.addAndGet(this, -emitted);
            }
        }

        /** The one place where the stream ends: takes in what arrived, and releases it if nobody will. */
        private boolean terminated() {
            // Read before the arrival, so that nothing can arrive unseen before an end that was seen.
            boolean last = done;
            if (ended || cancelled || error != null) {
                releaseHeld();
                takeArrived();
                releaseHeld();
                if (!ended && !cancelled) {
                    ended = true;
                    actual.onError(error);
                }
                return true;
            }
            if (next == held.size()) {
                takeArrived();
            }
            if (last && next == held.size()) {
                ended = true;
                actual.onComplete();
                return true;
            }
            return false;
        }

        private void takeArrived() {
            List<VideoFrame> pictures = arrived;
            if (pictures != null) {
                arrived = null;
                asked = false;
                next = 0;
                held = pictures;
            }
        }

        private void releaseHeld() {
            while (next < held.size()) {
                held.get(next++).release();
            }
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Object scanUnsafe(Attr key) {
            if (key == Attr.PARENT) {
                return s;
            }
            if (key == Attr.ACTUAL) {
                return actual;
            }
            if (key == Attr.TERMINATED) {
                return done;
            }
            if (key == Attr.CANCELLED) {
                return cancelled;
            }
            if (key == Attr.ERROR) {
                return error;
            }
            if (key == Attr.PREFETCH) {
                return 1;
            }
            if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
                return requested;
            }
            return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : null;
        }
    }
}
