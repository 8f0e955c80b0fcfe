package io.packcache.operators.races;

import static io.packcache.stream.flow.TeeBranch.every;
import static io.packcache.stream.flow.TeeBranch.newest;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
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
 * One operator, in both libraries.
 *
 * @param frames whether latent frames go in, or pictures
 * @param flux the operator in Reactor
 * @param flow the operator in Akka Streams
 */
record Row<I extends FlowElement>(
        String name, boolean frames, Function<Flux<I>, Publisher<?>> flux, Supplier<Flow<I, ?, ?>> flow) {

    private static final PaceSettings FAST = PaceSettings.ofFramesPerSecond(1000);

    private static final CheckpointSettings RARELY = CheckpointSettings.every(1000, "target/never-written");

    /** Every operator of ours. A new one adds its row here. */
    static List<Row<?>> all() {
        List<Row<?>> rows = new ArrayList<>();
        rows.add(frames(
                "packCache",
                flux -> flux.transform(PackcacheFlux.packCache(new FullCache())),
                () -> PackcacheFlow.packCache(new FullCache())));
        rows.add(frames("pictures", flux -> flux.transform(PackcacheFlux.pictures()), PackcacheFlow::pictures));
        rows.add(frames(
                "packCache, pictures, boundedQueue",
                flux -> flux.transform(PackcacheFlux.packCache(new FullCache()))
                        .transform(PackcacheFlux.pictures())
                        .transform(PackcacheFlux.boundedQueue(2, OverflowStrategy.BACKPRESSURE)),
                () -> PackcacheFlow.packCache(new FullCache())
                        .via(PackcacheFlow.pictures())
                        .via(PackcacheFlow.boundedQueue(2, OverflowStrategy.BACKPRESSURE))));
        for (OverflowStrategy strategy : OverflowStrategy.values()) {
            rows.add(pictures(
                    "boundedQueue " + strategy,
                    flux -> flux.transform(PackcacheFlux.boundedQueue(2, strategy)),
                    () -> PackcacheFlow.boundedQueue(2, strategy)));
        }
        for (PaceSettings.Late late : PaceSettings.Late.values()) {
            rows.add(pictures(
                    "pace " + late,
                    flux -> flux.transform(PackcacheFlux.pace(FAST.withLate(late))),
                    () -> PackcacheFlow.pace(FAST.withLate(late))));
        }
        rows.addAll(steering());
        rows.add(pictures(
                "to",
                flux -> flux.as(PackcacheFlux.to(new RecordingSink())),
                () -> ended(PackcacheSink.to(new RecordingSink()))));
        rows.add(pictures(
                "tee", flux -> flux.as(PackcacheFlux.tee(branches())), () -> ended(PackcacheSink.tee(branches()))));
        return rows;
    }

    private static List<Row<?>> steering() {
        AdaptiveBudgetSettings twelve = AdaptiveBudgetSettings.of(12);
        return List.of(
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
                        () -> PackcacheFlow.checkpointEvery(RARELY, (file, frame, reason) -> {})),
                pictures(
                        "pauseGate",
                        flux -> flux.transform(PackcacheFlux.pauseGate(new PauseControl())),
                        () -> PackcacheFlow.pauseGate(new PauseControl())),
                pictures(
                        "pauseGate, held",
                        flux -> flux.transform(PackcacheFlux.pauseGate(held())),
                        () -> PackcacheFlow.pauseGate(held())));
    }

    private static PauseControl held() {
        PauseControl control = new PauseControl();
        control.pause(PauseMode.HOLD);
        return control;
    }

    private static List<TeeBranch> branches() {
        return List.of(
                every("every", new RecordingSink()).withCapacity(2),
                newest("newest", new RecordingSink()).withCapacity(1));
    }

    static Row<GeneratedFrame> frames(
            String name, Function<Flux<GeneratedFrame>, Publisher<?>> flux, Supplier<Flow<GeneratedFrame, ?, ?>> flow) {
        return new Row<>(name, true, flux, flow);
    }

    static Row<VideoFrame> pictures(
            String name, Function<Flux<VideoFrame>, Publisher<?>> flux, Supplier<Flow<VideoFrame, ?, ?>> flow) {
        return new Row<>(name, false, flux, flow);
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
