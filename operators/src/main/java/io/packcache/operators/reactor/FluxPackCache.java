package io.packcache.operators.reactor;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.session.GeneratedFrame;
import java.util.function.Supplier;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Compacts the cache through the lease of each frame before the frame, and so any further demand, moves on. */
final class FluxPackCache extends FluxOperator<GeneratedFrame, GeneratedFrame> {

    private final Compactor compactor;

    private FluxPackCache(Flux<GeneratedFrame> source, Compactor compactor) {
        super(source);
        this.compactor = compactor;
    }

    static Flux<GeneratedFrame> of(Flux<GeneratedFrame> source, CompactionPolicy policy, Supplier<Budget> budget) {
        Flux<GeneratedFrame> releasing = source.doOnDiscard(GeneratedFrame.class, GeneratedFrame::release);
        return onAssembly(new FluxPackCache(releasing, new Compactor(policy, budget)));
    }

    @Override
    public void subscribe(CoreSubscriber<? super GeneratedFrame> actual) {
        source.subscribe(new PackCacheSubscriber(actual, compactor));
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : super.scanUnsafe(key);
    }

    private static final class PackCacheSubscriber implements CoreSubscriber<GeneratedFrame>, Subscription, Scannable {

        private final CoreSubscriber<? super GeneratedFrame> actual;
        private final Compactor compactor;

        private Subscription s;
        private boolean done;
        private volatile boolean cancelled;

        PackCacheSubscriber(CoreSubscriber<? super GeneratedFrame> actual, Compactor compactor) {
            this.actual = actual;
            this.compactor = compactor;
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
            if (cancelled) {
                frame.release();
                return;
            }
            GeneratedFrame compacted;
            try {
                compacted = compactor.compact(frame);
            } catch (Throwable e) {
                frame.release();
                // A cancel from another thread may close the session under the lease; that is no error.
                if (!cancelled) {
                    onError(Operators.onOperatorError(s, e, frame, currentContext()));
                }
                return;
            }
            actual.onNext(compacted);
        }

        @Override
        public void onError(Throwable error) {
            if (done) {
                Operators.onErrorDropped(error, currentContext());
                return;
            }
            done = true;
            actual.onError(error);
        }

        @Override
        public void onComplete() {
            if (!done) {
                done = true;
                actual.onComplete();
            }
        }

        @Override
        public void request(long n) {
            s.request(n);
        }

        @Override
        public void cancel() {
            cancelled = true;
            s.cancel();
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
            return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : null;
        }
    }
}
