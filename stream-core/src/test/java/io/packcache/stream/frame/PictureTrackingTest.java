package io.packcache.stream.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = PictureTracking.PROPERTY, matches = "true")
class PictureTrackingTest {

    private final FramePool pool = new FramePool();

    private long begun;

    @BeforeEach
    void forgetEarlierFaults() {
        begun = PictureTracking.taken();
        PictureTracking.takeFaults(begun);
    }

    @Test
    void aPictureThatIsHeldNamesTheStackThatTookIt() {
        long before = PictureTracking.taken();
        VideoFrame picture = taken(7);
        List<Throwable> held = PictureTracking.heldSince(before);
        assertThat(held)
                .singleElement()
                .satisfies(trace -> assertThat(trace)
                        .hasMessage("picture 7 was taken here")
                        .hasStackTraceContaining("PictureTrackingTest.taken"));
        picture.retain().release();
        assertThat(PictureTracking.heldSince(before)).hasSize(1);
        picture.release();
        assertThat(PictureTracking.heldSince(before)).isEmpty();
    }

    @Test
    void aSecondReleaseNamesBothStacks() {
        VideoFrame picture = taken(3);
        releaseOnce(picture);
        assertThatThrownBy(picture::release)
                .hasMessage("picture 3 was released more often than it was held")
                .hasStackTraceContaining("PictureTrackingTest.taken")
                .hasStackTraceContaining("PictureTrackingTest.releaseOnce");
        assertThatThrownBy(picture::rgb).hasStackTraceContaining("PictureTrackingTest.releaseOnce");
        assertThat(PictureTracking.takeFaults(begun)).hasSize(2);
        assertThat(PictureTracking.takeFaults(begun)).isEmpty();
    }

    @Test
    void aPictureThatIsLostIsFoundByTheGarbageCollectorWithItsStack() {
        long before = PictureTracking.taken();
        lose();
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return PictureTracking.heldSince(before).isEmpty();
        });
        assertThat(PictureTracking.takeFaults(begun))
                .singleElement()
                .satisfies(fault -> assertThat(fault).hasStackTraceContaining("PictureTrackingTest.lose"));
    }

    @Test
    void aPictureAtAnotherTimeIsTrackedOnItsOwnAndHoldsTheFirst() {
        long before = PictureTracking.taken();
        VideoFrame picture = taken(1);
        VideoFrame later = picture.restamped(9, new TimeBase(1, 30), Epoch.NONE);
        picture.release();
        assertThat(later.rgb()).hasSize(12);
        assertThat(pool.live()).isEqualTo(1);
        later.release();
        assertThat(PictureTracking.heldSince(before)).isEmpty();
        assertThat(pool.live()).isZero();
    }

    private VideoFrame taken(long pts) {
        return pool.take(2, 2, pts, new TimeBase(1, 12));
    }

    private static void releaseOnce(VideoFrame picture) {
        picture.release();
    }

    private void lose() {
        taken(5);
    }
}
