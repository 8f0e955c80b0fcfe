package io.packcache.operators.bench;

import io.packcache.kvcache.policy.FullCache;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.testkit.HandmadeFrames;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;

/**
 * What the operators cost on Reactor, for each latent frame of four pictures: a stream through all of them, less the same
 * stream through none. Pictures have 192 KiB, so that one allocated anew would show.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReactorBenchmark {

    static final int FRAMES = 10_000;

    /** Nothing ever waits for its slot, and none is skipped. */
    static final PaceSettings AT_ONCE =
            PaceSettings.ofFramesPerSecond(1_000_000_000).withCatchUp(0);

    static final CheckpointSettings NEVER = CheckpointSettings.every(Integer.MAX_VALUE, "target/never-written");
    static final int QUEUE = 4;

    private final VideoModel model = NullModel.open();
    private final HandmadeFrames frames = new HandmadeFrames(NullModel.SIDE);

    /** Frames that are there already, released as they come. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object framesAlone() {
        return handmade().doOnNext(GeneratedFrame::release).blockLast();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object framesThroughPackCacheAndPictures() {
        return handmade()
                .transform(PackcacheFlux.packCache(new FullCache()))
                .transform(PackcacheFlux.pictures())
                .doOnNext(VideoFrame::release)
                .blockLast();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object framesThroughEveryOperator() {
        return everyOperator(handmade());
    }

    /** What the library's own operators cost that do nothing, as many of them and in the same places. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object framesThroughPlainOperators() {
        return handmade()
                .map(frame -> frame)
                .map(frame -> frame)
                .map(frame -> frame)
                .concatMapIterable(GeneratedFrame::takePictures)
                .limitRate(QUEUE)
                .map(picture -> picture)
                .map(picture -> picture)
                .doOnNext(VideoFrame::release)
                .blockLast();
    }

    /** The same with the operator that looks at pixels: what it measures is work, not overhead. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object framesThroughDriftMeter() {
        return handmade()
                .transform(PackcacheFlux.driftMeter(DriftSettings.DEFAULTS, picture -> {}, drift -> {}))
                .doOnNext(GeneratedFrame::release)
                .blockLast();
    }

    /** Frames of a session, on its own thread. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object sessionAlone() {
        return generated().doOnNext(GeneratedFrame::release).blockLast();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Object sessionThroughEveryOperator() {
        return everyOperator(generated());
    }

    private Flux<GeneratedFrame> handmade() {
        return Flux.range(0, FRAMES).map(i -> frames.next(NullModel.PICTURES));
    }

    private Flux<GeneratedFrame> generated() {
        return PackcacheFlux.generate(model, model.request("nothing").withLatentFrames(FRAMES));
    }

    private static Object everyOperator(Flux<GeneratedFrame> frames) {
        return frames.transform(PackcacheFlux.packCache(new FullCache()))
                .transform(PackcacheFlux.promptSwitch(Flux.never(), PromptMode.KEEP, event -> {}))
                .transform(PackcacheFlux.checkpointEvery(NEVER, (file, frame, reason) -> {}))
                .transform(PackcacheFlux.pictures())
                .transform(PackcacheFlux.boundedQueue(QUEUE, OverflowStrategy.BACKPRESSURE))
                .transform(PackcacheFlux.pace(AT_ONCE))
                .transform(PackcacheFlux.pauseGate(new PauseControl()))
                .doOnNext(VideoFrame::release)
                .blockLast();
    }

    @TearDown
    public void close() {
        model.close();
    }
}
