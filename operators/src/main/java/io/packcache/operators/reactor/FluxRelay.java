package io.packcache.operators.reactor;

import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.Relay;
import io.packcache.stream.frame.FlowElement;
import java.util.function.Function;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/** Runs a {@link Relay} for each subscriber. */
final class FluxRelay<I extends FlowElement, O extends FlowElement> extends FluxOperator<I, O> {

    private final Function<FlowObserver, ? extends Relay<I, O>> making;
    private final Scheduler timer;

    private FluxRelay(Flux<I> source, Function<FlowObserver, ? extends Relay<I, O>> making, Scheduler timer) {
        super(source);
        this.making = making;
        this.timer = timer;
    }

    /**
     * Assembles the operator.
     *
     * @param making called for each subscription
     * @param timer the relay's clock, and where its delayed elements come from; null for a relay that knows no time
     */
    @SuppressWarnings("unchecked")
    static <I extends FlowElement, O extends FlowElement> Flux<O> of(
            Flux<I> source, Function<FlowObserver, ? extends Relay<I, O>> making, Scheduler timer) {
        return onAssembly((Flux<O>) (Flux<?>) new FluxRelay<>(source, making, timer));
    }

    @Override
    public void subscribe(CoreSubscriber<? super O> actual) {
        Relay<I, O> relay;
        try {
            relay = making.apply(FlowSubscriber.observer(actual.currentContext()));
        } catch (Throwable e) {
            Operators.error(actual, Operators.onOperatorError(e, actual.currentContext()));
            return;
        }
        source.subscribe(new RelaySubscriber<>(actual, relay, timer));
    }
}
