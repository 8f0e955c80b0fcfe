package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.pace;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Pacing in virtual time: hours in milliseconds. */
class PaceFluxTest {

    private static final TimeBase TWELVE = new TimeBase(1, 12);

    private final FramePool pool = new FramePool();

    @AfterEach
    void nothingIsHeld() {
        assertThat(pool.live()).isZero();
    }

    @Test
    void anHourOfPicturesTakesAnHourAndNothingMore() {
        int count = 12 * 3600 + 1;
        StepVerifier.withVirtualTime(() -> pictures(count).transform(pace(12)).map(PaceFluxTest::released))
                .expectSubscription()
                .expectNext(0L)
                .expectNoEvent(Duration.ofMillis(83))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(1L)
                .thenAwait(Duration.ofHours(1).minusMillis(85))
                .expectNextCount(count - 3L)
                .thenAwait(Duration.ofMillis(1))
                .expectNext(count - 1L)
                .verifyComplete();
    }

    @Test
    void aSourceThatStallsIsBridgedByItsLastPicture() {
        Flux<VideoFrame> stalling = pictures(2).concatWith(Flux.never());
        StepVerifier.withVirtualTime(() -> stalling.transform(
                                pace(PaceSettings.ofFramesPerSecond(10).withLate(PaceSettings.Late.HOLD)))
                        .map(PaceFluxTest::released))
                .expectNext(0L)
                .thenAwait(Duration.ofHours(1))
                .expectNextCount(36000)
                .thenCancel()
                .verify();
    }

    @Test
    void cancelGivesTheTimerAndThePicturesBack() {
        StepVerifier.withVirtualTime(() -> pictures(5).transform(pace(1)).map(PaceFluxTest::released))
                .expectNext(0L)
                .thenAwait(Duration.ofMillis(500))
                .thenCancel()
                .verify();
    }

    private Flux<VideoFrame> pictures(int count) {
        return Flux.range(0, count).map(i -> pool.take(1, 1, i, TWELVE));
    }

    private static long released(VideoFrame picture) {
        try (picture) {
            return picture.pts();
        }
    }
}
