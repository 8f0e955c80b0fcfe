package io.packcache.operators.tck;

import akka.actor.ActorSystem;
import akka.stream.javadsl.AsPublisher;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The Reactive Streams rules for publishers, on what each operator gives, in both libraries. */
@Test
public class OperatorTckTest extends PublisherVerification<Object> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;
    /** A schedule that moves whenever it is late, so that no picture is ever skipped, however slow the machine. */
    private static final PaceSettings FAST =
            PaceSettings.ofFramesPerSecond(100_000).withCatchUp(0);

    private static final ActorSystem SYSTEM = ActorSystem.create("tck");
    private static final ScriptedModel SCRIPT = new ScriptedModel();
    private static final FramePool POOL = new FramePool();

    private final String name;
    private final LongFunction<Publisher<?>> making;
    private final Function<Flux<VideoFrame>, Publisher<?>> failing;

    public OperatorTckTest() {
        this("Reactor pace", pictures -> pictures.transform(PackcacheFlux.pace(FAST)));
    }

    private OperatorTckTest(String name, Function<Flux<VideoFrame>, Publisher<?>> operator) {
        this(name, count -> operator.apply(pictures(count)), operator);
    }

    private OperatorTckTest(
            String name, LongFunction<Publisher<?>> making, Function<Flux<VideoFrame>, Publisher<?>> failing) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS), PATIENCE_MILLIS);
        this.name = name;
        this.making = making;
        this.failing = failing;
    }

    @Factory
    public static Object[] operators() {
        return new Object[] {
            new OperatorTckTest("Reactor pace", pictures -> pictures.transform(PackcacheFlux.pace(FAST))),
            new OperatorTckTest(
                    "Reactor boundedQueue",
                    pictures -> pictures.transform(PackcacheFlux.boundedQueue(3, OverflowStrategy.BACKPRESSURE))),
            new OperatorTckTest("Akka pace", akka(PackcacheFlow.pace(FAST))),
            new OperatorTckTest(
                    "Akka boundedQueue", akka(PackcacheFlow.boundedQueue(3, OverflowStrategy.BACKPRESSURE))),
            new OperatorTckTest(
                    "Akka generate, packCache",
                    OperatorTckTest::generated,
                    akka(PackcacheFlow.boundedQueue(1, OverflowStrategy.BACKPRESSURE)))
        };
    }

    private static Publisher<?> generated(long count) {
        if (count == 0) {
            return published(Source.<Object>empty());
        }
        return published(PackcacheSource.generate(SCRIPT.model(), SCRIPT.request(count))
                .via(PackcacheFlow.packCache(new FullCache())));
    }

    private static Function<Flux<VideoFrame>, Publisher<?>> akka(Flow<VideoFrame, ?, ?> operator) {
        return pictures -> published(Source.fromPublisher(pictures).via(operator));
    }

    private static Publisher<?> published(Source<?, ?> source) {
        return source.runWith(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), SYSTEM);
    }

    private static Flux<VideoFrame> pictures(long count) {
        return Flux.<VideoFrame, Long>generate(() -> 0L, (sent, next) -> {
            if (sent == count) {
                next.complete();
            } else {
                next.next(POOL.take(1, 1, sent, new TimeBase(1, 12)));
            }
            return sent + 1;
        });
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Publisher<Object> createPublisher(long elements) {
        return (Publisher<Object>) making.apply(elements);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Publisher<Object> createFailedPublisher() {
        return (Publisher<Object>) failing.apply(Flux.error(new ArithmeticException("not a number")));
    }

    @AfterClass(alwaysRun = true)
    public static void stop() throws Exception {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
