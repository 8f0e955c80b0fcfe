package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;

import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.ScriptedModel;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The Reactive Streams rules for publishers, on generation with compaction. */
@Test
public class PackCacheTckTest extends PublisherVerification<GeneratedFrame> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;

    private final ScriptedModel script = new ScriptedModel();

    public PackCacheTckTest() {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS), PATIENCE_MILLIS);
    }

    @Override
    public Publisher<GeneratedFrame> createPublisher(long frames) {
        Flux<GeneratedFrame> source =
                frames == 0 ? Flux.empty() : PackcacheFlux.generate(script.model(), script.request(frames));
        return source.transform(packCache(PackCache.defaults()));
    }

    @Override
    public Publisher<GeneratedFrame> createFailedPublisher() {
        return Flux.<GeneratedFrame>error(new ArithmeticException("not a number"))
                .transform(packCache(PackCache.defaults()));
    }

    @AfterClass
    public void close() {
        script.close();
    }
}
