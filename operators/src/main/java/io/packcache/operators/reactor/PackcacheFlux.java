package io.packcache.operators.reactor;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
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
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.flow.PauseGate;
import io.packcache.stream.flow.PictureStatistics;
import io.packcache.stream.flow.Pictures;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.flow.PromptSwitch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.FramePublisher;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Video generation for Reactor; {@link PackcacheSink} is where it goes.
 *
 * <pre>{@code
 * PackcacheFlux.generate(model, model.request("a red circle moves right"))
 *         .transform(packCache(PackCache.defaults()))
 *         .transform(pictures())
 *         .as(to(sink))
 *         .block();
 * }</pre>
 *
 * <p>Frames and pictures own memory. Every operator here releases what it does not hand on, and tells Reactor's own
 * operators above it to do the same; a subscriber releases what it received.
 */
public final class PackcacheFlux {

    private PackcacheFlux() {}

    /**
     * Generates a video, one latent frame for each unit of demand. Cold: each subscriber has a session of its own.
     *
     * <p><b>Demand</b>: one unit, one latent frame; no demand, no work. At most one finished frame is in flight.
     *
     * <p><b>Order</b>: by frame number, conditioning frames first.
     *
     * <p><b>Discard</b>: a frame finished after a cancel is released.
     *
     * <p><b>Errors</b>: {@link io.packcache.stream.session.GenerationException} with frame, step and cause; whatever the
     * ending, the session is closed before it is signalled.
     *
     * <p><b>Cancellation</b>: within one refinement step; everything is freed, on the session's thread.
     *
     * <p><b>Thread</b>: one daemon thread for each subscriber emits everything.
     *
     * @throws IllegalArgumentException at once, if the model cannot generate the request
     */
    public static Flux<GeneratedFrame> generate(VideoModel model, GenerationRequest request) {
        return FluxGeneration.of(new FramePublisher(model, request)).name("packcache.generate");
    }

    /**
     * Goes on with a stream that {@link #checkpointEvery} saved, also in another process: the frames that would have come.
     * Everything said of {@link #generate} holds; the operators after it are those of the stream that was saved.
     *
     * <p><b>Errors</b>: also {@link io.packcache.kvcache.snapshot.SnapshotException}, at the first demand, if the file cannot
     * be read, was altered, or was saved by another model.
     *
     * @param checkpoint the file; {@link Checkpoints#newest} finds the newest of a directory
     */
    public static Flux<GeneratedFrame> resumeFrom(VideoModel model, Path checkpoint) {
        return FluxGeneration.of(FramePublisher.resuming(model, checkpoint)).name("packcache.resumeFrom");
    }

    /**
     * Saves the session every few frames, so that after a crash {@link #resumeFrom} goes on with the same frames. To be
     * placed directly after {@link #packCache}, because what the cache holds then is what is saved.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: a frame that arrives after a cancel is released.
     *
     * <p><b>Errors</b>: passed on. A checkpoint that cannot be written is told the listener, and the stream goes on; an
     * operator placed too late ends it with an {@link IllegalStateException}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: writes on the thread that delivers the frame, so the next one waits for the disk.
     */
    public static Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> checkpointEvery(
            CheckpointSettings settings, CheckpointListener listener) {
        return frames -> FluxPassing.of(frames, observer -> new Checkpoints(settings, listener));
    }

    /**
     * Compacts the KV cache after every frame, before the next one is generated. To be placed directly after
     * {@link #generate}: the right to change the cache ends when the next demand reaches the session.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched. A policy that moves frames into tiers holds it back while host
     * memory is full and the disk is behind.
     *
     * <p><b>Order</b>: kept; the same frames leave, with the statistics of their compaction.
     *
     * <p><b>Discard</b>: a frame whose compaction failed, or that arrives after a cancel, is released.
     *
     * <p><b>Errors</b>: a failing policy cancels the source and is signalled; so is an operator placed too late, with an
     * {@link IllegalStateException} that says where it belongs. A policy that must be told what the model cannot tell is
     * refused by {@code transform} with an {@link IllegalArgumentException}; by the first frame where the source is only made
     * at subscription, as by {@code defer}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: compacts on the thread that delivers the frame.
     */
    public static Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> packCache(CompactionPolicy policy) {
        return packCache(policy, Budget::unlimited);
    }

    /**
     * Same as {@link #packCache(CompactionPolicy)}, within a budget that may change from frame to frame.
     *
     * @param budget asked once for each frame, on the thread that delivers it
     */
    public static Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> packCache(
            CompactionPolicy policy, Supplier<Budget> budget) {
        Compactor compactor = new Compactor(policy, budget);
        return frames -> {
            FluxGeneration.check(frames, policy);
            return FluxPassing.of(frames, observer -> compactor);
        };
    }

    /**
     * Shows other prompts while the stream is on air; the newest wins. The history is carried over as {@code mode} says,
     * the pictures of the old prompt in all queues of this library are dropped at once, and each prompt comes to one
     * {@link PromptEvent}. May stand anywhere among frames. A prompt that comes before the first frame takes effect after
     * it; one that the model cannot read is refused by an event, and the stream goes on.
     *
     * <p><b>Demand</b>: passed through; prompts are asked for without limit, only the newest is kept.
     *
     * <p><b>Order</b>: kept; frames of a later epoch follow those of an earlier one.
     *
     * <p><b>Discard</b>: no frame. One being generated when a prompt comes is given up within a refinement step and begun
     * again under the new prompt, once.
     *
     * <p><b>Errors</b>: those of the source are passed on; when the source of prompts fails, so does the stream, at its
     * next frame. The end of the prompts changes nothing.
     *
     * <p><b>Cancellation</b>: passed through; ends the subscription to the prompts, as every end of the stream does.
     *
     * <p><b>Thread</b>: that of the source; prompts are checked on the thread that delivers them.
     *
     * @param events told what became of each prompt, on any thread; brief, and throws nothing
     */
    public static Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> promptSwitch(
            Publisher<String> prompts, PromptMode mode, Consumer<PromptEvent> events) {
        Objects.requireNonNull(prompts, "prompts");
        return frames -> Flux.using(
                () -> new PromptFeed(prompts, new PromptSwitch(mode, events)),
                feed -> FluxPassing.of(frames, observer -> feed.receiver()),
                PromptFeed::dispose);
    }

    /**
     * Compacts as {@link #packCache} does, within a budget that follows real time: smaller when frames come too late for
     * the target rate, larger when there is time to spare, also because the consumer asks slowly. Stands in the place of
     * {@code packCache}, directly after {@link #generate}.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: a frame whose compaction failed, or that arrives after a cancel, is released.
     *
     * <p><b>Errors</b>: as {@code packCache}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: compacts, and tells changes, on the thread that delivers the frame.
     *
     * @param policy decides what stays; its own budget should be at least the settings' largest
     * @param events told every change of the budget; throws nothing
     */
    public static Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> adaptiveBudget(
            CompactionPolicy policy, AdaptiveBudgetSettings settings, Consumer<BudgetChange> events) {
        return frames -> {
            FluxGeneration.check(frames, policy);
            return FluxPassing.of(frames, observer -> new AdaptiveBudget(policy, settings, System::nanoTime, events));
        };
    }

    /**
     * Measures every picture and tells when the stream leaves its limits, so that a hook may
     * {@linkplain io.packcache.stream.frame.Steering#reanchor re-anchor} the session. May stand anywhere among frames.
     *
     * <p><b>Demand</b>: passed through, nothing is prefetched.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: a frame that arrives after a cancel is released.
     *
     * <p><b>Errors</b>: passed on; what {@code statistics} or {@code hook} throw ends the stream.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: measures on the thread that delivers the frame.
     */
    public static Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> driftMeter(
            DriftSettings settings, Consumer<PictureStatistics> statistics, Consumer<Drift> hook) {
        return frames -> FluxPassing.of(frames, observer -> new DriftMeter(settings, statistics, hook));
    }

    /**
     * Stops and lets go on a stream of pictures: drained, held, or rolled back to the last picture shown. Stands last,
     * directly before the sink: what has passed it counts as shown.
     *
     * <p><b>Demand</b>: one picture at a time, when one is wanted and the gate is open; at most one is in flight here.
     *
     * <p><b>Order</b>: kept; after a roll back the picture after the last one shown comes next.
     *
     * <p><b>Discard</b>: pictures of an epoch that is over are released, and the one that is held on cancel and on error.
     *
     * <p><b>Errors</b>: passed on at once, also while paused. A second subscription with the same control is refused while
     * the first runs, with an {@link IllegalStateException}.
     *
     * <p><b>Cancellation</b>: passed through, also while paused.
     *
     * <p><b>Thread</b>: that of the source, of whoever requests, or of whoever resumes.
     *
     * @param control what pauses it
     */
    public static Function<Flux<VideoFrame>, Flux<VideoFrame>> pauseGate(PauseControl control) {
        Objects.requireNonNull(control, "control");
        return pictures -> FluxRelay.of(pictures, observer -> new PauseGate(control, observer), null);
    }

    /**
     * Turns latent frames into their pictures; the receiver owns each of them.
     *
     * <p><b>Demand</b>: one unit, one picture. The next latent frame is asked for when a picture is wanted and none is
     * left: at most one latent frame is in flight.
     *
     * <p><b>Order</b>: time order.
     *
     * <p><b>Discard</b>: pictures not yet emitted are released on cancel and on error.
     *
     * <p><b>Errors</b>: passed on at once.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: that of the source, or of whoever requests while pictures are left.
     */
    public static Function<Flux<GeneratedFrame>, Flux<VideoFrame>> pictures() {
        return frames -> FluxRelay.of(frames, Pictures::new, null);
    }

    /**
     * Lets the source run ahead of its receiver by up to {@code capacity} pictures.
     *
     * <p><b>Demand</b>: nothing before the first demand. Then, with {@link OverflowStrategy#BACKPRESSURE}, what there is
     * room for: at most {@code capacity} pictures are in flight; with any other strategy without limit.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: what the strategy drops; pictures of an epoch that is over; everything that waits on cancel. All
     * is released, whatever races with whatever.
     *
     * <p><b>Errors</b>: after the pictures before them. {@link OverflowStrategy#FAIL} cancels the source, releases what
     * waits and signals {@link io.packcache.stream.flow.QueueOverflowException}.
     *
     * <p><b>Cancellation</b>: passed through.
     *
     * <p><b>Thread</b>: that of the source, or of whoever requests while pictures wait.
     *
     * @param capacity pictures that may wait, at least 1
     */
    public static Function<Flux<VideoFrame>, Flux<VideoFrame>> boundedQueue(int capacity, OverflowStrategy strategy) {
        new BoundedQueue(capacity, strategy, FlowObserver.NONE);
        return pictures -> FluxRelay.of(pictures, observer -> new BoundedQueue(capacity, strategy, observer), null)
                .name("packcache.boundedQueue");
    }

    /** Same as {@link #pace(PaceSettings)} with {@code fps} pictures a second and everything else by default. */
    public static Function<Flux<VideoFrame>, Flux<VideoFrame>> pace(int fps) {
        return pace(PaceSettings.ofFramesPerSecond(fps));
    }

    /** Same as {@link #pace(PaceSettings, Scheduler)} on {@link Schedulers#parallel()}. */
    public static Function<Flux<VideoFrame>, Flux<VideoFrame>> pace(PaceSettings settings) {
        return pictures -> pacing(pictures, settings, Schedulers.parallel());
    }

    /**
     * Spreads pictures evenly over time, on one cumulative schedule that the first picture anchors, so that delays never
     * add up. {@link PaceSettings.Late} says what becomes of late pictures; further behind than
     * {@link PaceSettings#catchUp} slots, the schedule moves.
     *
     * <p><b>Demand</b>: nothing before the first demand; then at most 2 pictures are in flight: the next one and the one
     * behind it, or, with {@link PaceSettings.Late#HOLD}, the next one and the last shown.
     *
     * <p><b>Order</b>: kept.
     *
     * <p><b>Discard</b>: late pictures for which a newer one has come; pictures of an epoch that is over; everything that
     * waits on cancel. All is released.
     *
     * <p><b>Errors</b>: after the pictures before them, in their time.
     *
     * <p><b>Cancellation</b>: passed through; the timer is given back.
     *
     * <p><b>Thread</b>: the scheduler's, or, for a picture that is due when it comes, that of the source, or of whoever
     * requests.
     *
     * @param timer clock and timer; a virtual one works
     */
    public static Function<Flux<VideoFrame>, Flux<VideoFrame>> pace(PaceSettings settings, Scheduler timer) {
        Objects.requireNonNull(timer, "timer");
        return pictures -> pacing(pictures, settings, timer);
    }

    /**
     * Measures everything of ours above it, and changes nothing: {@link FlowMeter} lists the meters. They carry the tags
     * that {@link Flux#tag} gave the stream above, and {@code stream} with the name that {@link Flux#name} gave it. Takes
     * part by Reactor's context alone; a stream without it measures nothing. Latent frames are measured where
     * {@link #pictures} takes them. {@link PackcacheSink#meterSink} is the same for a stream that ends in a sink.
     */
    public static <T> Function<Flux<T>, Flux<T>> meter(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        return stream -> stream.contextWrite(context -> metered(context, registry, Scannable.from(stream)));
    }

    /** The context of a stream with a meter that begins now. */
    static Context metered(Context context, MeterRegistry registry, Scannable stream) {
        Tags tags = Tags.of("stream", stream.name());
        List<Tag> own =
                stream.tags().map(tag -> Tag.of(tag.getT1(), tag.getT2())).toList();
        return context.put(FlowObserver.class, new FlowMeter(registry, tags.and(own)));
    }

    private static Flux<VideoFrame> pacing(Flux<VideoFrame> pictures, PaceSettings settings, Scheduler timer) {
        return FluxRelay.of(pictures, observer -> Pace.of(settings, observer), timer)
                .name("packcache.pace");
    }
}
