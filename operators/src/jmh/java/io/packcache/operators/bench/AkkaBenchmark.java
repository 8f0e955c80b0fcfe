package io.packcache.operators.bench;

import akka.Done;
import akka.actor.ActorSystem;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Source;
import com.typesafe.config.ConfigFactory;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.stream.flow.PauseControl;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.PromptMode;
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

/** The same as {@link ReactorBenchmark} on Akka Streams, in one island, as streams run unless told otherwise. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AkkaBenchmark {

    private static final int FRAMES = ReactorBenchmark.FRAMES;

    private final ActorSystem system = ActorSystem.create(
            "benchmark", ConfigFactory.parseString("akka.loglevel = WARNING").withFallback(ConfigFactory.load()));
    private final VideoModel model = NullModel.open();
    private final HandmadeFrames frames = new HandmadeFrames(NullModel.SIDE);

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Done framesAlone() {
        return run(handmade());
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Done framesThroughPackCacheAndPictures() {
        return run(handmade().via(PackcacheFlow.packCache(new FullCache())).via(PackcacheFlow.pictures()));
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Done framesThroughEveryOperator() {
        return everyOperator(handmade());
    }

    /** What the library's own stages cost that do nothing, as many of them and in the same places. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Done framesThroughPlainStages() {
        return run(handmade()
                .map(frame -> frame)
                .map(frame -> frame)
                .map(frame -> frame)
                .mapConcat(GeneratedFrame::takePictures)
                .buffer(ReactorBenchmark.QUEUE, OverflowStrategy.backpressure())
                .map(picture -> picture)
                .map(picture -> picture));
    }

    /** Each frame goes from the session's thread to the stream's, and demand back. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Done sessionAlone() {
        return run(generated());
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public Done sessionThroughEveryOperator() {
        return everyOperator(generated());
    }

    private Source<GeneratedFrame, ?> handmade() {
        return Source.range(1, FRAMES).map(i -> frames.next(NullModel.PICTURES));
    }

    private Source<GeneratedFrame, ?> generated() {
        return PackcacheSource.generate(model, model.request("nothing").withLatentFrames(FRAMES));
    }

    private Done everyOperator(Source<GeneratedFrame, ?> source) {
        return run(source.via(PackcacheFlow.packCache(new FullCache()))
                .via(PackcacheFlow.promptSwitch(Source.maybe(), PromptMode.KEEP, event -> {}))
                .via(PackcacheFlow.checkpointEvery(ReactorBenchmark.NEVER, (file, frame, reason) -> {}))
                .via(PackcacheFlow.pictures())
                .via(PackcacheFlow.boundedQueue(
                        ReactorBenchmark.QUEUE, io.packcache.stream.flow.OverflowStrategy.BACKPRESSURE))
                .via(PackcacheFlow.pace(ReactorBenchmark.AT_ONCE))
                .via(PackcacheFlow.pauseGate(new PauseControl())));
    }

    private Done run(Source<? extends FlowElement, ?> source) {
        return source.runForeach(FlowElement::release, system)
                .toCompletableFuture()
                .join();
    }

    @TearDown
    public void close() {
        model.close();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
