package io.packcache.operators.reactor;

import io.packcache.stream.flow.SinkWriter;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.sink.FrameSink;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Feeds a {@link SinkWriter} from pictures, one unit of demand for each free place of its queue. */
final class SinkSubscriber implements CoreSubscriber<VideoFrame>, SinkWriter.Listener {

    private static final AtomicReferenceFieldUpdater<SinkSubscriber, Subscription> S =
            AtomicReferenceFieldUpdater.newUpdater(SinkSubscriber.class, Subscription.class, "s");

    private final MonoSink<WriteSummary> result;
    private final SinkWriter writer;
    private final int capacity;

    private volatile Subscription s;
    private volatile boolean cancelled;

    private SinkSubscriber(MonoSink<WriteSummary> result, FrameSink sink, int capacity) {
        this.result = result;
        this.capacity = capacity;
        this.writer = new SinkWriter(sink, capacity, this);
    }

    static Mono<WriteSummary> write(Flux<VideoFrame> pictures, FrameSink sink, int capacity) {
        Objects.requireNonNull(sink, "sink");
        AtomicBoolean used = new AtomicBoolean();
        Flux<VideoFrame> source = pictures.doOnDiscard(VideoFrame.class, VideoFrame::release)
                .doOnDiscard(GeneratedFrame.class, GeneratedFrame::release);
        return Mono.create(result -> {
            if (!used.compareAndSet(false, true)) {
                result.error(new IllegalStateException(
                        "this sink was already written to; a sink serves one subscription, so make another one"));
                return;
            }
            SinkSubscriber subscriber = new SinkSubscriber(result, sink, capacity);
            subscriber.writer.start();
            result.onCancel(subscriber::cancel);
            source.subscribe(subscriber);
        });
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.setOnce(S, this, subscription)) {
            subscription.request(capacity);
        }
    }

    @Override
    public void onNext(VideoFrame picture) {
        if (!writer.offer(picture) && s != Operators.cancelledSubscription()) {
            Operators.terminate(S, this);
            writer.fail(Exceptions.failWithOverflow("picture " + picture.pts() + " came without being asked for"));
        }
    }

    @Override
    public void onError(Throwable error) {
        writer.fail(error);
    }

    @Override
    public void onComplete() {
        writer.complete();
    }

    private void cancel() {
        cancelled = true;
        Operators.terminate(S, this);
        writer.cancel();
    }

    @Override
    public void written() {
        s.request(1);
    }

    @Override
    public void refused() {
        Operators.terminate(S, this);
    }

    @Override
    public void closed(WriteSummary summary, Throwable failure) {
        if (failure == null) {
            result.success(summary);
        } else if (cancelled) {
            Operators.onErrorDropped(failure, currentContext());
        } else {
            result.error(failure);
        }
    }

    @Override
    public Context currentContext() {
        return Context.of(result.contextView());
    }
}
