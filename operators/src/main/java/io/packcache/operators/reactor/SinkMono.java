package io.packcache.operators.reactor;

import io.packcache.stream.flow.Drain;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.SingleUse;
import io.packcache.stream.flow.SinkSubscriber;
import io.packcache.stream.frame.VideoFrame;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** The writing of pictures as a {@link Mono} of what was written. */
final class SinkMono {

    private SinkMono() {}

    /**
     * Assembles the sink.
     *
     * @param making makes the drain of the one subscription
     */
    static <S> Mono<S> write(Flux<VideoFrame> pictures, BiFunction<FlowObserver, Drain.Listener<S>, Drain> making) {
        SingleUse<BiFunction<FlowObserver, Drain.Listener<S>, Drain>> once = new SingleUse<>(making);
        return Mono.create(result -> {
            Context context = Context.of(result.contextView());
            SinkSubscriber<S> subscriber;
            try {
                subscriber = new SinkSubscriber<>(
                        listener -> once.claim().apply(FlowSubscriber.observer(context), listener));
            } catch (IllegalStateException e) {
                result.error(e);
                return;
            }
            tell(subscriber, result, context);
            pictures.subscribe(new InContext<>(subscriber, FlowSubscriber.releasing(context)));
        });
    }

    private static <S> void tell(SinkSubscriber<S> subscriber, MonoSink<S> result, Context context) {
        AtomicBoolean cancelled = new AtomicBoolean();
        result.onCancel(() -> {
            cancelled.set(true);
            subscriber.cancel();
        });
        subscriber.result().whenComplete((summary, failure) -> {
            if (failure == null) {
                result.success(summary);
            } else if (cancelled.get()) {
                Operators.onErrorDropped(failure, context);
            } else {
                result.error(failure);
            }
        });
    }

    /** Without it Reactor would put a subscriber of its own between, which keeps late pictures to itself. */
    private record InContext<S>(SinkSubscriber<S> subscriber, Context context) implements CoreSubscriber<VideoFrame> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscriber.onSubscribe(subscription);
        }

        @Override
        public void onNext(VideoFrame picture) {
            subscriber.onNext(picture);
        }

        @Override
        public void onError(Throwable error) {
            subscriber.onError(error);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }

        @Override
        public Context currentContext() {
            return context;
        }
    }
}
