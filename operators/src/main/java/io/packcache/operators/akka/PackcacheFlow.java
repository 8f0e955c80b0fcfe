package io.packcache.operators.akka;

import akka.NotUsed;
import akka.stream.Attributes;
import akka.stream.FanInShape2;
import akka.stream.FlowShape;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.GraphDSL;
import akka.stream.javadsl.Source;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.operators.meter.FlowMeter;
import io.packcache.stream.flow.AdaptiveBudget;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.BoundedQueue;
import io.packcache.stream.flow.BudgetChange;
import io.packcache.stream.flow.CheckpointListener;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.Checkpoints;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.flow.Drift;
import io.packcache.stream.flow.DriftMeter;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.Pace;
import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.flow.Passing;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.flow.PauseGate;
import io.packcache.stream.flow.PictureStatistics;
import io.packcache.stream.flow.Pictures;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.flow.Relay;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.VideoModel;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
     * <p><b>Demand</b>: passed through, nothing is prefetched. A policy that moves frames into tiers holds it back while host
     * memory is full and the disk is behind.
     *
     * <p><b>Order</b>: kept; the same frames leave, with the statistics of their compaction.
     *
     * <p><b>Discard</b>: a frame whose compaction failed is released.
     *
     * <p><b>Errors</b>: a failing policy fails the stage; so does one placed too late, with an
     * {@link IllegalStateException} that says where it belongs, and one that must be told what the model cannot tell, at the
     * first frame. {@link #packCache(VideoModel, CompactionPolicy)} refuses that one before anything runs.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: compacts on the stream's dispatcher.
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> packCache(CompactionPolicy policy) {
        return packCache(policy, Budget::unlimited);
    }

    /**
     * Same as {@link #packCache(CompactionPolicy)}, checked against the model at the source, which a flow does not know by
     * itself.
     *
     * @throws IllegalArgumentException at once, if the policy must be told what the model cannot tell
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> packCache(VideoModel model, CompactionPolicy policy) {
        model.check(policy);
        return packCache(policy);
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
     * Shows other prompts while the stream is on air; the newest wins. The history is carried over as {@code mode} says,
     * the pictures of the old prompt in all queues of this library are dropped at once, and each prompt comes to one
     * {@link PromptEvent}. May stand anywhere among frames. A prompt that comes before the first frame takes effect after
     * it; one that the model cannot read is refused by an event, and the stream goes on.
     *
     * <p><b>Demand</b>: passed through; prompts are pulled as they come, only the newest is kept.
     *
     * <p><b>Order</b>: kept; frames of a later epoch follow those of an earlier one.
     *
     * <p><b>Discard</b>: no frame. One being generated when a prompt comes is given up within a refinement step and begun
     * again under the new prompt, once.
     *
     * <p><b>Errors</b>: those of the frames and of the prompts fail the stage. The end of the prompts changes nothing.
     *
     * <p><b>Cancellation</b>: passed through; the prompts are cancelled with the frames, and when they end.
     *
     * <p><b>Thread</b>: the stream's dispatcher; events also come from the session's thread.
     *
     * @param events told what became of each prompt, on any thread; brief, and throws nothing
     * @param <M> what the prompts materialise, handed through
     */
    public static <M> Flow<GeneratedFrame, GeneratedFrame, M> promptSwitch(
            Source<String, M> prompts, PromptMode mode, Consumer<PromptEvent> events) {
        PromptStage stage = new PromptStage(mode, events);
        return Flow.fromGraph(GraphDSL.create(prompts, (builder, texts) -> {
                    FanInShape2<GeneratedFrame, String, GeneratedFrame> ports = builder.add(stage);
                    builder.from(texts).toInlet(ports.in1());
                    return FlowShape.of(ports.in0(), ports.out());
                }))
                .addAttributes(pinned("packcache.promptSwitch"));
    }

    /**
     * Compacts as {@link #packCache} does, within a budget that follows real time: smaller when frames come too late for
     * the target rate, larger when there is time to spare, also because the consumer asks slowly. Stands in the place of
     * {@code packCache}, directly after {@link PackcacheSource#generate}.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: a frame whose compaction failed is released.
     *
     * <p><b>Errors</b>: as {@code packCache}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: compacts, and tells changes, on the stream's dispatcher.
     *
     * @param policy decides what stays; its own budget should be at least the settings' largest
     * @param events told every change of the budget; throws nothing
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> adaptiveBudget(
            CompactionPolicy policy, AdaptiveBudgetSettings settings, Consumer<BudgetChange> events) {
        return passing(
                "packcache.adaptiveBudget", observer -> new AdaptiveBudget(policy, settings, System::nanoTime, events));
    }

    /**
     * Measures every picture and tells when the stream leaves its limits, so that a hook may
     * {@linkplain io.packcache.stream.frame.Steering#reanchor re-anchor} the session. May stand anywhere among frames.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: a frame that could not be measured is released.
     *
     * <p><b>Errors</b>: what {@code statistics} or {@code hook} throw fails the stage.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: measures on the stream's dispatcher.
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> driftMeter(
            DriftSettings settings, Consumer<PictureStatistics> statistics, Consumer<Drift> hook) {
        return passing("packcache.driftMeter", observer -> new DriftMeter(settings, statistics, hook));
    }

    /**
     * Stops and lets go on a stream of pictures: drained, held, or rolled back to the last picture shown. Stands last,
     * directly before the sink: what has passed it counts as shown.
     *
     * <p><b>Demand</b>: one picture at a time, when one is pulled and the gate is open; at most one is in flight here.
     *
     * <p><b>Order</b>: kept; after a roll back the picture after the last one shown comes next.
     *
     * <p><b>Discard</b>: pictures of an epoch that is over are released, and the one that is held at every end.
     *
     * <p><b>Errors</b>: passed on at once, also while paused. A second materialisation with the same control is refused
     * while the first runs, with an {@link IllegalStateException}.
     *
     * <p><b>Cancellation</b>: passed through, also while paused.
     *
     * <p><b>Thread</b>: the stream's dispatcher.
     *
     * @param control what pauses it; also materialised
     */
    public static Flow<VideoFrame, VideoFrame, PauseControl> pauseGate(PauseControl control) {
        Objects.requireNonNull(control, "control");
        Flow<VideoFrame, VideoFrame, NotUsed> gate =
                relay("packcache.pauseGate", observer -> new PauseGate(control, observer));
        return gate.mapMaterializedValue(ignored -> control);
    }

    /**
     * Saves the session every few frames, so that after a crash {@link PackcacheSource#resumeFrom} goes on with the same
     * frames. To be placed directly after {@link #packCache}, because what the cache holds then is what is saved.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: a frame on its way when the receiver cancels is released.
     *
     * <p><b>Errors</b>: passed on. A checkpoint that cannot be written is told the listener, and the stream goes on; a stage
     * placed too late fails with an {@link IllegalStateException}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: writes on the stream's dispatcher; give it one for blocking work if its disk is slow.
     */
    public static Flow<GeneratedFrame, GeneratedFrame, NotUsed> checkpointEvery(
            CheckpointSettings settings, CheckpointListener listener) {
        return passing("packcache.checkpointEvery", observer -> new Checkpoints(settings, listener));
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

    /**
     * Lets the source run ahead of its receiver by up to {@code capacity} pictures.
     *
     * <p><b>Demand</b>: nothing before the first pull. Then, with {@link OverflowStrategy#BACKPRESSURE}, as long as there is
     * room: at most {@code capacity} pictures wait, and one is on its way to the receiver; with any other strategy
     * without limit.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: what the strategy drops; pictures of an epoch that is over; everything that waits on cancel. All
     * is released.
     *
     * <p><b>Errors</b>: after the pictures before them. {@link OverflowStrategy#FAIL} fails the stage with
     * {@link io.packcache.stream.flow.QueueOverflowException}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: the stream's dispatcher.
     *
     * @param capacity pictures that may wait, at least 1
     */
    public static Flow<VideoFrame, VideoFrame, NotUsed> boundedQueue(int capacity, OverflowStrategy strategy) {
        new BoundedQueue(capacity, strategy, FlowObserver.NONE);
        return relay("packcache.boundedQueue", observer -> new BoundedQueue(capacity, strategy, observer));
    }

    /** Same as {@link #pace(PaceSettings)} with {@code fps} pictures a second and everything else by default. */
    public static Flow<VideoFrame, VideoFrame, NotUsed> pace(int fps) {
        return pace(PaceSettings.ofFramesPerSecond(fps));
    }

    /**
     * Spreads pictures evenly over time, on one cumulative schedule that the first picture anchors, so that delays never
     * add up. {@link PaceSettings.Late} says what becomes of late pictures; further behind than
     * {@link PaceSettings#catchUp} slots, the schedule moves.
     *
     * <p><b>Demand</b>: nothing before the first pull; then at most 2 pictures are held, the next one and the one behind it,
     * or, with {@link PaceSettings.Late#HOLD}, the next one and the last shown; and one is on its way to the receiver.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: late pictures for which a newer one has come; pictures of an epoch that is over; everything that
     * waits on cancel. All is released.
     *
     * <p><b>Errors</b>: after the pictures before them, in their time.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: the stream's dispatcher, woken by the actor system's scheduler, which is as fine as its tick (10 ms
     * by default).
     */
    public static Flow<VideoFrame, VideoFrame, NotUsed> pace(PaceSettings settings) {
        return pace(settings, System::nanoTime);
    }

    /**
     * Same as {@link #pace(PaceSettings)} by a clock of the caller's; the timer is the actor system's all the same, so that
     * virtual time is a clock and an {@code akka.scheduler.implementation} that go together.
     *
     * @param clock nanoseconds, only forward
     */
    public static Flow<VideoFrame, VideoFrame, NotUsed> pace(PaceSettings settings, LongSupplier clock) {
        return relay("packcache.pace", observer -> Pace.of(settings, observer), clock);
    }

    /**
     * Measures every stage of ours that carries or inherits it: {@code graph.addAttributes(meter(registry, "on air"))}.
     * {@link FlowMeter} lists the meters. To be asked for anew for each materialisation, with which the stream begins.
     *
     * @param stream value of the tag {@code stream}
     */
    public static Attributes meter(MeterRegistry registry, String stream) {
        return Attributes.apply(new ObserverAttribute(new FlowMeter(registry, Tags.of("stream", stream))));
    }

    static <T extends FlowElement> Flow<T, T, NotUsed> passing(
            String name, Function<FlowObserver, ? extends Passing<T>> making) {
        return Flow.fromGraph(new PassingStage<>(making)).addAttributes(pinned(name));
    }

    static <I extends FlowElement, O extends FlowElement> Flow<I, O, NotUsed> relay(
            String name, Function<FlowObserver, ? extends Relay<I, O>> making) {
        return relay(name, making, null);
    }

    private static <I extends FlowElement, O extends FlowElement> Flow<I, O, NotUsed> relay(
            String name, Function<FlowObserver, ? extends Relay<I, O>> making, LongSupplier clock) {
        return Flow.fromGraph(new RelayStage<I, O>(making, clock)).addAttributes(pinned(name));
    }

    static Attributes pinned(String name) {
        return Attributes.inputBuffer(1, 1).and(Attributes.name(name));
    }
}
