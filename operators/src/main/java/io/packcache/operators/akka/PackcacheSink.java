package io.packcache.operators.akka;

import akka.stream.javadsl.Sink;
import io.packcache.stream.flow.Drain;
import io.packcache.stream.flow.FlowObserver;
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
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Where video goes, for Akka Streams; {@link PackcacheFlow} shows a whole stream. */
public final class PackcacheSink {

    private PackcacheSink() {}

    /**
     * Writes all pictures into a sink and closes it; tells what was written. For one materialisation, because a sink ends
     * with it. To stop early with everything written so far, {@linkplain GenerationControl#stop() stop} the generation.
     *
     * <p><b>Demand</b>: 5 pictures, then one for each written, so that the next latent frame is generated while this one
     * is written; at most 5 pictures are in flight.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: pictures that wait are released when the sink fails and on abrupt termination; the summary
     * counts them.
     *
     * <p><b>Errors</b>: those of the source after the pictures before them were written; those of the sink after the
     * source was cancelled. The sink is closed before either is told, by the materialised value.
     *
     * <p><b>Cancellation</b>: when materializer or actor system are shut down, the sink is closed after the picture it is
     * writing, and the materialised value fails with {@link akka.stream.AbruptStageTerminationException}.
     *
     * <p><b>Thread</b>: the sink has its own, not a daemon, so that a file is finished before the process ends; the
     * materialised value comes from it.
     */
    public static Sink<VideoFrame, CompletionStage<WriteSummary>> to(FrameSink sink) {
        Objects.requireNonNull(sink, "sink");
        return sink("packcache.to", (observer, end) -> SinkSubscriber.writer(sink, observer, end));
    }

    /**
     * Writes the same pictures into several sinks, each with its own thread, queue and strategy, and closes them. For one
     * materialisation.
     *
     * <p><b>Demand</b>: what the slowest branch with {@link OverflowStrategy#BACKPRESSURE} has room for; without limit if
     * no branch has it. Other branches slow nobody.
     *
     * <p><b>Order</b>: kept in each branch.
     *
     * <p><b>Discard</b>: each branch releases what its queue drops and what waits when it ends; the summary counts them.
     *
     * <p><b>Errors</b>: a sink that fails ends its branch alone, as the summary says; when the last one has failed the
     * source is cancelled and the first failure told. Those of the source after the pictures before them were written.
     * All sinks are closed before the materialised value tells anything.
     *
     * <p><b>Cancellation</b>: as {@link #to}.
     *
     * <p><b>Thread</b>: each sink has its own; the materialised value comes from the one that is closed last.
     *
     * @throws IllegalArgumentException at once, if there is no branch, or two of the same name
     */
    public static Sink<VideoFrame, CompletionStage<TeeSummary>> tee(List<TeeBranch> branches) {
        Tee.check(branches);
        return sink("packcache.tee", (observer, end) -> new Tee(branches, observer, end));
    }

    private static <S> Sink<VideoFrame, CompletionStage<S>> sink(
            String name, BiFunction<FlowObserver, Drain.Listener<S>, Drain> making) {
        return Sink.fromGraph(new SinkStage<>(making)).addAttributes(PackcacheFlow.pinned(name));
    }
}
