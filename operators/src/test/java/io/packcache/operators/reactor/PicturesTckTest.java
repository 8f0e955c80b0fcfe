package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.pictures;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The Reactive Streams rules for publishers, on latent frames of up to four pictures. */
@Test
public class PicturesTckTest extends PublisherVerification<VideoFrame> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;

    public PicturesTckTest() {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS), PATIENCE_MILLIS);
    }

    @Override
    public Publisher<VideoFrame> createPublisher(long pictures) {
        HandmadeFrames frames = new HandmadeFrames();
        Flux<GeneratedFrame> source = Flux.generate(() -> pictures, (left, next) -> {
            if (left == 0) {
                next.complete();
                return 0L;
            }
            int count = (int) Math.min(4, left);
            next.next(frames.next(count));
            return left - count;
        });
        return source.transform(pictures());
    }

    @Override
    public Publisher<VideoFrame> createFailedPublisher() {
        return Flux.<GeneratedFrame>error(new ArithmeticException("not a number"))
                .transform(pictures());
    }
}
