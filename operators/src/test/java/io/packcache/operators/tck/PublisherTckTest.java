package io.packcache.operators.tck;

import akka.actor.ActorSystem;
import akka.stream.javadsl.AsPublisher;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.operators.akka.PackcacheFlow;
import io.packcache.operators.akka.PackcacheSource;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/**
 * The Reactive Streams rules for publishers, in both libraries, on what is no processor: generation, and pictures, of which
 * more come out than latent frames go in.
 */
@Test
public class PublisherTckTest extends PublisherVerification<Object> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;

    /** The kit sleeps so long before it looks for an error, and looks once. */
    private static final long POLL_MILLIS = 500;

    /** And so long before it looks whether a subscriber that has cancelled was forgotten. */
    private static final long GARBAGE_MILLIS = 500;

    private static final ActorSystem SYSTEM = ActorSystem.create("tck");
    private static final ScriptedModel SCRIPT = new ScriptedModel();

    private final String name;
    private final LongFunction<Publisher<?>> making;
    private final Supplier<Publisher<?>> failing;

    /** For TestNG, which makes the class once more than it uses it. */
    public PublisherTckTest() {
        this("none", count -> Flux.empty(), Flux::empty);
    }

    private PublisherTckTest(String name, LongFunction<Publisher<?>> making, Supplier<Publisher<?>> failing) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, POLL_MILLIS), GARBAGE_MILLIS);
        this.name = name;
        this.making = making;
        this.failing = failing;
    }

    @Factory
    public static Object[] sources() {
        return new Object[] {
            new PublisherTckTest(
                    "Reactor generate, packCache",
                    count -> fluxOf(count).transform(PackcacheFlux.packCache(new FullCache())),
                    () -> failed().transform(PackcacheFlux.packCache(new FullCache()))),
            new PublisherTckTest(
                    "Akka generate, packCache",
                    count -> published(sourceOf(count).via(PackcacheFlow.packCache(new FullCache()))),
                    () -> published(Source.fromPublisher(failed()).via(PackcacheFlow.packCache(new FullCache())))),
            new PublisherTckTest(
                    "Reactor pictures",
                    count -> frames(count).transform(PackcacheFlux.pictures()),
                    () -> failed().transform(PackcacheFlux.pictures())),
            new PublisherTckTest(
                    "Akka pictures",
                    count -> published(Source.fromPublisher(frames(count)).via(PackcacheFlow.pictures())),
                    () -> published(Source.fromPublisher(failed()).via(PackcacheFlow.pictures())))
        };
    }

    /** A video has at least one frame, so that the kit's empty stream comes from elsewhere. */
    private static Flux<GeneratedFrame> fluxOf(long count) {
        return count == 0 ? Flux.empty() : PackcacheFlux.generate(SCRIPT.model(), SCRIPT.request(count));
    }

    private static Source<GeneratedFrame, ?> sourceOf(long count) {
        return count == 0 ? Source.empty() : PackcacheSource.generate(SCRIPT.model(), SCRIPT.request(count));
    }

    /** Latent frames of up to four pictures, so many pictures in all. */
    private static Flux<GeneratedFrame> frames(long pictures) {
        HandmadeFrames made = new HandmadeFrames();
        return Flux.generate(() -> pictures, (left, next) -> {
            if (left == 0) {
                next.complete();
                return 0L;
            }
            int count = (int) Math.min(4, left);
            next.next(made.next(count));
            return left - count;
        });
    }

    private static Flux<GeneratedFrame> failed() {
        return Flux.error(new ArithmeticException("not a number"));
    }

    private static Publisher<?> published(Source<?, ?> source) {
        return source.runWith(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), SYSTEM);
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
        return (Publisher<Object>) failing.get();
    }

    @AfterClass(alwaysRun = true)
    public static void stop() throws Exception {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        SCRIPT.close();
    }
}
