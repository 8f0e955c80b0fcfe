package io.packcache.operators.akka;

import akka.NotUsed;
import akka.stream.Attributes;
import akka.stream.javadsl.Flow;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.Passing;
import io.packcache.stream.flow.Pictures;
import io.packcache.stream.flow.Relay;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Video generation for Akka Streams.
 *
 * <pre>{@code
 * PackcacheSource.generate(model, model.request("a red circle moves right"))
 *         .via(packCache(PackCache.defaults()))
 *         .via(pictures())
 *         .runWith(to(sink), system);
 * }</pre>
 *
 * <p>Frames and pictures own memory. Every stage here releases what it does not hand on, whatever ends it, and pins its
 * input buffer to one element, so that an asynchronous boundary before it takes one ahead and not sixteen. Akka's own
 * stages know nothing of ownership: one that drops elements releases them in its function.
 */
public final class PackcacheFlow {

    private PackcacheFlow() {}

    /**
     * Compacts the KV cache after every frame, before the next one is generated. To be placed directly after
     * {@link PackcacheSource#generate}, without an asynchronous boundary: the right to change the cache ends when the next
     * demand reaches the session.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept; the same frames leave, with the statistics of their compaction.
     *
     * <p><b>Discard</b>: a frame whose compaction failed is released.
     *
     * <p><b>Errors</b>: a failing policy fails the stage; so does one placed too late, with an
     * {@link IllegalStateException} that says where it belongs.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: compacts on the stream's dispatcher.
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> packCache(CompactionPolicy policy) {
        return packCache(policy, Budget::unlimited);
    }

    /**
     * Same as {@link #packCache(CompactionPolicy)}, within a budget that may change from frame to frame.
     *
     * @param budget asked once for each frame, on the stream's dispatcher
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> packCache(
            CompactionPolicy policy, Supplier<Budget> budget) {
        Compactor compactor = new Compactor(policy, budget);
        return passing("packcache.packCache", observer -> compactor);
    }

    /**
     * Turns latent frames into their pictures; the receiver owns each of them.
     *
     * <p><b>Demand</b>: one pull, one picture. The next latent frame is asked for when a picture is wanted and none is
     * left: at most one latent frame is in flight.
     *
     * <p><b>Order</b>: time order.
     *
     * <p><b>Discard</b>: pictures not yet handed on are released on cancel, on error and on abrupt termination.
     *
     * <p><b>Errors</b>: passed on at once.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: the stream's dispatcher.
     */
    public static Flow<GeneratedFrame, VideoFrame, NotUsed> pictures() {
        return relay("packcache.pictures", Pictures::new);
    }

    static <T extends FlowElement> Flow<T, T, NotUsed> passing(
            String name, Function<FlowObserver, ? extends Passing<T>> making) {
        return Flow.fromGraph(new PassingStage<>(making)).addAttributes(pinned(name));
    }

    static <I extends FlowElement, O extends FlowElement> Flow<I, O, NotUsed> relay(
            String name, Function<FlowObserver, ? extends Relay<I, O>> making) {
        return Flow.fromGraph(new RelayStage<I, O>(making, System::nanoTime)).addAttributes(pinned(name));
    }

    static Attributes pinned(String name) {
        return Attributes.inputBuffer(1, 1).and(Attributes.name(name));
    }
}
