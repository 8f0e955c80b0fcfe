package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class PicturesTest {

    private final HandmadeFrames frames = new HandmadeFrames();
    private final ManualSource<GeneratedFrame> source = new ManualSource<>();
    private final Flux<Long> times = source.transform(pictures()).map(PicturesTest::timeOf);

    @AfterEach
    void nothingIsHeld() {
        assertThat(frames.pool.live()).isZero();
    }

    @Test
    void nothingIsAskedForBeforeAPictureIs() {
        StepVerifier.create(times, 0)
                .expectSubscription()
                .then(() -> assertThat(source.requested).hasValue(0))
                .thenCancel()
                .verify();
        assertThat(source.cancelled).isTrue();
    }

    @Test
    void theNextLatentFrameIsAskedForOnlyWhenAPictureIsWantedAndNoneIsLeft() {
        StepVerifier.create(times, 0)
                .thenRequest(1)
                .then(() -> assertThat(source.requested).hasValue(1))
                .then(() -> source.next(frames.next(4)))
                .expectNext(0L)
                .thenRequest(3)
                .expectNext(1L, 2L, 3L)
                .then(() -> assertThat(source.requested).hasValue(1))
                .thenRequest(1)
                .then(() -> assertThat(source.requested).hasValue(2))
                .then(() -> source.next(frames.next(1)))
                .expectNext(4L)
                .then(source::complete)
                .verifyComplete();
    }

    @Test
    void completionComesWithTheLastPictureWithoutFurtherDemand() {
        StepVerifier.create(times, 0)
                .thenRequest(2)
                .then(() -> source.next(frames.next(2)))
                .then(source::complete)
                .expectNext(0L, 1L)
                .verifyComplete();
    }

    @Test
    void anErrorOvertakesThePicturesThatAreLeft() {
        StepVerifier.create(times, 0)
                .thenRequest(1)
                .then(() -> source.next(frames.next(4)))
                .expectNext(0L)
                .then(() -> source.fail(new ArithmeticException("not a number")))
                .verifyError(ArithmeticException.class);
    }

    @Test
    void aFrameThatNobodyAskedForFailsTheStream() {
        StepVerifier.create(times, 0)
                .thenRequest(1)
                .then(() -> source.next(frames.next(4)))
                .expectNext(0L)
                .then(() -> source.next(frames.next(4)))
                .verifyErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("latent frame 1 of 4 pictures came without being asked for"));
        assertThat(source.cancelled).isTrue();
    }

    @Test
    void aFrameWithoutPicturesIsPassedOver() {
        StepVerifier.create(times)
                .then(() -> source.next(frames.next(0)))
                .then(() -> assertThat(source.requested).hasValue(2))
                .then(() -> source.next(frames.next(1)))
                .expectNext(0L)
                .then(source::complete)
                .verifyComplete();
    }

    @Test
    void framesFilteredOutAboveAreReleased() {
        Flux<GeneratedFrame> five = Flux.range(0, 5).map(i -> frames.next(4));
        StepVerifier.create(five.filter(frame -> frame.number() % 2 == 1)
                        .transform(pictures())
                        .map(PicturesTest::timeOf))
                .expectNext(4L, 5L, 6L, 7L, 12L, 13L, 14L, 15L)
                .verifyComplete();
    }

    @Test
    void takingFewerPicturesThanAFrameHasReleasesTheRest() {
        Flux<GeneratedFrame> endless = Flux.<GeneratedFrame>generate(to -> to.next(frames.next(4)));
        StepVerifier.create(endless.transform(pictures()).take(6).map(PicturesTest::timeOf))
                .expectNext(0L, 1L, 2L, 3L, 4L, 5L)
                .verifyComplete();
    }

    private static long timeOf(VideoFrame picture) {
        try (picture) {
            return picture.pts();
        }
    }
}
