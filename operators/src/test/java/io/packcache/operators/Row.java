package io.packcache.operators;

import static io.packcache.stream.flow.TeeBranch.every;
import static io.packcache.stream.flow.TeeBranch.newest;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.flow.PauseMode;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.RecordingSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * One operator, in both libraries. What stands in {@link #all} is raced, counted and checked against the rules of Reactive
 * Streams.
 *
 * @param frames whether latent frames go in, or pictures
 * @param inFlight the most pictures that may be inside at once, the one that comes in included, latent frames having four
 * @param asksAhead whether it asks for more in the moment it hands on; on Akka, where an element handed on is on its way
 *     for a while, one more is in flight then
 * @param passesAll whether exactly what comes in goes out, one for one; its rules as a processor are checked then
 * @param flux the operator in Reactor
 * @param flow the operator in Akka Streams
 */
public record Row<I extends FlowElement>(
        String name,
        boolean frames,
        int inFlight,
        boolean asksAhead,
        boolean passesAll,
        Function<Flux<I>, Publisher<?>> flux,
        Supplier<Flow<I, ?, ?>> flow) {

    /** Pictures of one latent frame. */
    public static final int PICTURES = 4;

    private static final int QUEUE = 2;

    private static final PaceSettings FAST = PaceSettings.ofFramesPerSecond(1000);

    /** A schedule that moves whenever it is late, so that no picture is ever skipped, however slow the machine. */
    private static final PaceSettings NEVER_LATE =
            PaceSettings.ofFramesPerSecond(10_000_000).withCatchUp(0);

    private static final CheckpointSettings RARELY = CheckpointSettings.every(1_000_000, "target/never-written");

    /** Everything of ours. A new operator adds its row here. */
    public static List<Row<?>> all() {
        List<Row<?>> rows = operators();
        rows.addAll(sinks());
        return rows;
    }

    /** What has something behind it. */
    public static List<Row<?>> operators() {
        List<Row<?>> rows = new ArrayList<>();
        rows.addAll(onFrames());
        rows.addAll(onPictures());
        rows.addAll(queues());
        rows.addAll(paces());
        return rows;
    }

    /** Those that work on latent frames and hold none. */
    private static List<Row<?>> onFrames() {
        AdaptiveBudgetSettings twelve = AdaptiveBudgetSettings.of(12);
        return List.of(
                frames(
                        "packCache",
                        flux -> flux.transform(PackcacheFlux.packCache(new FullCache())),
                        () -> PackcacheFlow.packCache(new FullCache())),
                frames(
                        "promptSwitch",
                        flux -> flux.transform(
                                PackcacheFlux.promptSwitch(Flux.just("a", "b"), PromptMode.RECACHE, event -> {})),
                        () -> PackcacheFlow.promptSwitch(
                                Source.from(List.of("a", "b")), PromptMode.RECACHE, event -> {})),
                frames(
                        "adaptiveBudget",
                        flux -> flux.transform(PackcacheFlux.adaptiveBudget(new FullCache(), twelve, change -> {})),
                        () -> PackcacheFlow.adaptiveBudget(new FullCache(), twelve, change -> {})),
                frames(
                        "driftMeter",
                        flux -> flux.transform(
                                PackcacheFlux.driftMeter(DriftSettings.DEFAULTS, picture -> {}, drift -> {})),
                        () -> PackcacheFlow.driftMeter(DriftSettings.DEFAULTS, picture -> {}, drift -> {})),
                frames(
                        "checkpointEvery",
                        flux -> flux.transform(PackcacheFlux.checkpointEvery(RARELY, (file, frame, reason) -> {})),
                        () -> PackcacheFlow.checkpointEvery(RARELY, (file, frame, reason) -> {})));
    }

    private static List<Row<?>> onPictures() {
        return List.of(
                new Row<GeneratedFrame>(
                        "pictures",
                        true,
                        PICTURES,
                        false,
                        false,
                        flux -> flux.transform(PackcacheFlux.pictures()),
                        PackcacheFlow::pictures),
                new Row<GeneratedFrame>(
                        "packCache, pictures, boundedQueue",
                        true,
                        PICTURES + QUEUE - 1,
                        true,
                        false,
                        flux -> flux.transform(PackcacheFlux.packCache(new FullCache()))
                                .transform(PackcacheFlux.pictures())
                                .transform(PackcacheFlux.boundedQueue(QUEUE, OverflowStrategy.BACKPRESSURE)),
                        () -> PackcacheFlow.packCache(new FullCache())
                                .via(PackcacheFlow.pictures())
                                .via(PackcacheFlow.boundedQueue(QUEUE, OverflowStrategy.BACKPRESSURE))),
                pictures(
                        "pauseGate",
                        1,
                        false,
                        true,
                        flux -> flux.transform(PackcacheFlux.pauseGate(new PauseControl())),
                        () -> PackcacheFlow.pauseGate(new PauseControl())),
                pictures(
                        "pauseGate, held",
                        0,
                        false,
                        false,
                        flux -> flux.transform(PackcacheFlux.pauseGate(held())),
                        () -> PackcacheFlow.pauseGate(held())));
    }

    private static List<Row<?>> queues() {
        List<Row<?>> rows = new ArrayList<>();
        for (OverflowStrategy strategy : OverflowStrategy.values()) {
            boolean bounded = strategy == OverflowStrategy.BACKPRESSURE;
            rows.add(pictures(
                    "boundedQueue " + strategy,
                    bounded ? QUEUE : QUEUE + 1,
                    bounded,
                    bounded,
                    flux -> flux.transform(PackcacheFlux.boundedQueue(QUEUE, strategy)),
                    () -> PackcacheFlow.boundedQueue(QUEUE, strategy)));
        }
        rows.add(pictures(
                "boundedQueue, metered",
                QUEUE,
                true,
                false,
                flux -> flux.transform(PackcacheFlux.boundedQueue(QUEUE, OverflowStrategy.BACKPRESSURE))
                        .transform(PackcacheFlux.meter(new SimpleMeterRegistry())),
                () -> PackcacheFlow.boundedQueue(QUEUE, OverflowStrategy.BACKPRESSURE)
                        .addAttributes(PackcacheFlow.meter(new SimpleMeterRegistry(), "row"))));
        return rows;
    }

    private static List<Row<?>> paces() {
        List<Row<?>> rows = new ArrayList<>();
        for (PaceSettings.Late late : PaceSettings.Late.values()) {
            rows.add(pictures(
                    "pace " + late,
                    2,
                    true,
                    false,
                    flux -> flux.transform(PackcacheFlux.pace(FAST.withLate(late))),
                    () -> PackcacheFlow.pace(FAST.withLate(late))));
        }
        rows.add(pictures(
                "pace, never late",
                2,
                true,
                true,
                flux -> flux.transform(PackcacheFlux.pace(NEVER_LATE)),
                () -> PackcacheFlow.pace(NEVER_LATE)));
        return rows;
    }

    private static List<Row<?>> sinks() {
        return List.of(
                pictures(
                        "to",
                        5,
                        true,
                        false,
                        flux -> flux.as(io.packcache.operators.reactor.PackcacheSink.to(new RecordingSink())),
                        () -> ended(PackcacheSink.to(new RecordingSink()))),
                pictures(
                        "tee",
                        QUEUE + 1,
                        true,
                        false,
                        flux -> flux.as(io.packcache.operators.reactor.PackcacheSink.tee(branches())),
                        () -> ended(PackcacheSink.tee(branches()))));
    }

    private static PauseControl held() {
        PauseControl control = new PauseControl();
        control.pause(PauseMode.HOLD);
        return control;
    }

    private static List<TeeBranch> branches() {
        return List.of(
                every("every", new RecordingSink()).withCapacity(QUEUE),
                newest("newest", new RecordingSink()).withCapacity(1));
    }

    private static Row<GeneratedFrame> frames(
            String name, Function<Flux<GeneratedFrame>, Publisher<?>> flux, Supplier<Flow<GeneratedFrame, ?, ?>> flow) {
        return new Row<>(name, true, PICTURES, false, true, flux, flow);
    }

    private static Row<VideoFrame> pictures(
            String name,
            int inFlight,
            boolean asksAhead,
            boolean passesAll,
            Function<Flux<VideoFrame>, Publisher<?>> flux,
            Supplier<Flow<VideoFrame, ?, ?>> flow) {
        return new Row<>(name, false, inFlight, asksAhead, passesAll, flux, flow);
    }

    /** A sink as a flow that completes when its source does. */
    private static <S> Flow<VideoFrame, Object, NotUsed> ended(Sink<VideoFrame, CompletionStage<S>> sink) {
        return Flow.fromSinkAndSourceCoupled(sink, Source.maybe());
    }

    @Override
    public String toString() {
        return name;
    }
}
