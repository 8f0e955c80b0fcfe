package io.packcache.operators.reactor;

import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.Passing;
import io.packcache.stream.frame.FlowElement;
import java.util.function.Function;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;

/** Runs a {@link Passing} on each element before the element, and so any further demand, moves on. */
final class FluxPassing<T extends FlowElement> extends FluxOperator<T, T> {

    private final Function<FlowObserver, ? extends Passing<T>> making;

    private FluxPassing(Flux<T> source, Function<FlowObserver, ? extends Passing<T>> making) {
        super(source);
        this.making = making;
    }

    /**
     * Assembles the operator.
     *
     * @param making called for each subscription
     */
    static <T extends FlowElement> Flux<T> of(Flux<T> source, Function<FlowObserver, ? extends Passing<T>> making) {
        return onAssembly(new FluxPassing<>(source, making));
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Passing<T> passing;
        try {
            passing = making.apply(FlowSubscriber.observer(actual.currentContext()));
        } catch (Throwable e) {
            Operators.error(actual, Operators.onOperatorError(e, actual.currentContext()));
            return;
        }
        source.subscribe(new PassingSubscriber<>(actual, passing));
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : super.scanUnsafe(key);
    }

    private static final class PassingSubscriber<T extends FlowElement> extends FlowSubscriber<T, T> {

        private final Passing<T> passing;

        PassingSubscriber(CoreSubscriber<? super T> actual, Passing<T> passing) {
            super(actual);
            this.passing = passing;
        }

        @Override
        public void onNext(T element) {
            if (done || cancelled) {
                dropLate(element);
                return;
            }
            T passed;
            try {
                passed = passing.pass(element);
            } catch (Throwable e) {
                element.release();
                // A cancel from another thread may close the session under the lease; that is no error.
                if (!cancelled) {
                    onError(Operators.onOperatorError(s, e, element, currentContext()));
                }
                return;
            }
            actual.onNext(passed);
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
    }
}
