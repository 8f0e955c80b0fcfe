package io.packcache.operators.reactor;

import io.micrometer.core.instrument.MeterRegistry;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.SinkSubscriber;
import io.packcache.stream.flow.Tee;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.flow.TeeSummary;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where video goes, for Reactor; {@link PackcacheFlux} shows a whole stream. */
public final class PackcacheSink {

    private PackcacheSink() {}

    /**
     * Writes all pictures into a sink and closes it: {@code pictures.as(to(sink))}. Lazy, and for one subscription,
     * because a sink ends with it. To stop early with everything written so far and a summary, end the pictures
     * ({@link Flux#takeUntilOther}); cancelling gives no summary.
     *
     * <p><b>Demand</b>: 5 pictures, then one for each written, so that the next latent frame is generated while this one
     * is written; at most 5 pictures are in flight.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: pictures that wait are released on cancel and when the sink fails; the summary counts them.
     *
     * <p><b>Errors</b>: those of the source after the pictures before them were written; those of the sink after the
     * source was cancelled. The sink is closed before either is signalled.
     *
     * <p><b>Cancellation</b>: the source is cancelled and the sink closed after the picture it is writing; a failure to
     * close goes to {@link reactor.core.publisher.Hooks#onErrorDropped}.
     *
     * <p><b>Thread</b>: the sink has its own, not a daemon, so that a file is finished before the process ends; the
     * summary comes from it.
     */
    public static Function<Flux<VideoFrame>, Mono<WriteSummary>> to(FrameSink sink) {
        Objects.requireNonNull(sink, "sink");
        return pictures -> SinkMono.write(pictures, (observer, end) -> SinkSubscriber.writer(sink, observer, end));
    }

    /**
     * Writes the same pictures into several sinks, each with its own thread, queue and strategy, and closes them:
     * {@code pictures.as(tee(List.of(every("file", mp4), newest("live", rtmp))))}. Lazy, and for one subscription.
     *
     * <p><b>Demand</b>: what the slowest branch with {@link OverflowStrategy#BACKPRESSURE} has room for; without limit if
     * no branch has it. Other branches slow nobody.
     *
     * <p><b>Order</b>: kept in each branch.
     *
     * <p><b>Discard</b>: each branch releases what its queue drops and what waits when it ends; the summary counts them.
     *
     * <p><b>Errors</b>: a sink that fails ends its branch alone, as the summary says; when the last one has failed the
     * source is cancelled and the first failure signalled. Those of the source after the pictures before them were
     * written. All sinks are closed before anything is signalled.
     *
     * <p><b>Cancellation</b>: the source is cancelled and each sink closed after the picture it is writing.
     *
     * <p><b>Thread</b>: each sink has its own; the summary comes from the one that is closed last.
     *
     * @throws IllegalArgumentException at once, if there is no branch, or two of the same name
     */
    public static Function<Flux<VideoFrame>, Mono<TeeSummary>> tee(List<TeeBranch> branches) {
        Tee.check(branches);
        return pictures -> SinkMono.write(pictures, (observer, end) -> new Tee(branches, observer, end));
    }

    /**
     * Same as {@link PackcacheFlux#meter} for a stream that ends in a sink, whose queue it measures too:
     * {@code pictures.as(to(sink)).transform(meterSink(registry))}.
     */
    public static <T> Function<Mono<T>, Mono<T>> meterSink(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        return stream ->
                stream.contextWrite(context -> PackcacheFlux.metered(context, registry, Scannable.from(stream)));
    }
}
