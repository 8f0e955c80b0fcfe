package io.packcache.operators.tck;

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
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
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

    private final KitRun kit = new KitRun();
    private final ScriptedModel script = new ScriptedModel();

    /** Makes a publisher of so many elements. */
    private interface Making {
        Publisher<?> of(PublisherTckTest test, long count);
    }

    private final String name;
    private final Making making;
    private final Function<PublisherTckTest, Publisher<?>> failing;

    /** For TestNG, which makes the class once more than it uses it. */
    public PublisherTckTest() {
        this("none", (test, count) -> Flux.empty(), test -> Flux.empty());
    }

    private PublisherTckTest(String name, Making making, Function<PublisherTckTest, Publisher<?>> failing) {
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
                    (test, count) -> test.fluxOf(count).transform(PackcacheFlux.packCache(new FullCache())),
                    test -> failed().transform(PackcacheFlux.packCache(new FullCache()))),
            new PublisherTckTest(
                    "Akka generate, packCache",
                    (test, count) -> test.published(test.sourceOf(count).via(PackcacheFlow.packCache(new FullCache()))),
                    test -> test.published(
                            Source.fromPublisher(failed()).via(PackcacheFlow.packCache(new FullCache())))),
            new PublisherTckTest(
                    "Reactor pictures",
                    (test, count) -> frames(count).transform(PackcacheFlux.pictures()),
                    test -> failed().transform(PackcacheFlux.pictures())),
            new PublisherTckTest(
                    "Akka pictures",
                    (test, count) ->
                            test.published(Source.fromPublisher(frames(count)).via(PackcacheFlow.pictures())),
                    test -> test.published(Source.fromPublisher(failed()).via(PackcacheFlow.pictures())))
        };
    }

    /** A video has at least one frame, so that the kit's empty stream comes from elsewhere. */
    private Flux<GeneratedFrame> fluxOf(long count) {
        return count == 0 ? Flux.empty() : PackcacheFlux.generate(script.model(), script.request(count));
    }

    private Source<GeneratedFrame, ?> sourceOf(long count) {
        return count == 0 ? Source.empty() : PackcacheSource.generate(script.model(), script.request(count));
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

    private Publisher<?> published(Source<?, ?> source) {
        return source.runWith(Sink.asPublisher(AsPublisher.WITHOUT_FANOUT), kit.system());
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Publisher<Object> createPublisher(long elements) {
        return (Publisher<Object>) making.of(this, elements);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Publisher<Object> createFailedPublisher() {
        return (Publisher<Object>) failing.apply(this);
    }

    @Override
    @BeforeMethod
    public void setUp() throws Exception {
        kit.begin();
        super.setUp();
    }

    @Override
    @Test
    public void required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber()
            throws Throwable {
        KitRun.collecting(super::required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber);
    }

    @AfterMethod(alwaysRun = true)
    public void tearDown() {
        kit.end();
    }

    @AfterClass(alwaysRun = true)
    public void stop() {
        kit.close();
        script.close();
    }
}
