package io.packcache.operators.reactor;

import io.packcache.stream.flow.SingleUse;
import io.packcache.stream.flow.SinkSubscriber;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** The writing of pictures as a {@link Mono} of what was written. */
final class SinkMono {

    private SinkMono() {}

    static Mono<WriteSummary> write(Flux<VideoFrame> pictures, FrameSink sink, int capacity) {
        SingleUse once = new SingleUse(sink);
        return Mono.create(result -> {
            SinkSubscriber subscriber;
            try {
                subscriber = new SinkSubscriber(once.claim(), capacity);
            } catch (IllegalStateException e) {
                result.error(e);
                return;
            }
            tell(subscriber, result);
            pictures.contextWrite(above -> FlowSubscriber.releasing(Context.of(result.contextView())))
                    .subscribe(subscriber);
        });
    }

    private static void tell(SinkSubscriber subscriber, MonoSink<WriteSummary> result) {
        AtomicBoolean cancelled = new AtomicBoolean();
        result.onCancel(() -> {
            cancelled.set(true);
            subscriber.cancel();
        });
        subscriber.result().whenComplete((summary, failure) -> {
            if (failure == null) {
                result.success(summary);
            } else if (cancelled.get()) {
                Operators.onErrorDropped(failure, Context.of(result.contextView()));
            } else {
                result.error(failure);
            }
        });
    }
}
