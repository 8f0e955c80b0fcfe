package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pacing without a stream: the clock is a number. Ten slots a second. */
class PaceTest {

    private static final long SLOT = Duration.ofMillis(100).toNanos();
    private static final PaceSettings SKIP = PaceSettings.ofFramesPerSecond(10);
    private static final PaceSettings HOLD = SKIP.withLate(PaceSettings.Late.HOLD);

    private final FramePool pool = new FramePool();
    private final Map<FlowObserver.Drop, Long> drops = new EnumMap<>(FlowObserver.Drop.class);
    private final FlowObserver observer = new FlowObserver() {
        @Override
        public void dropped(Drop cause, long count) {
            drops.merge(cause, count, Long::sum);
        }
    };
    private Relay<VideoFrame, VideoFrame> pace;
    private Epoch epoch = new Epoch(0);
    private long next;

    @AfterEach
    void nothingIsHeld() {
        if (pace != null) {
            pace.discard();
        }
        assertThat(pool.live()).isZero();
    }

    @Test
    void nothingIsAskedForBeforeAPictureIsWanted() {
        pace = Pace.of(SKIP, observer);
        assertThat(pace.ask(0, 0)).isZero();
        assertThat(pace.ask(1, 0)).isEqualTo(2);
        assertThat(pace.ask(0, 2)).isZero();
    }

    @Test
    void picturesThatComeEarlyWaitForTheirSlot() {
        pace = Pace.of(SKIP, observer);
        come(0, 2);
        assertThat(out(0)).isEqualTo(0);
        assertThat(out(SLOT - 1)).isNull();
        assertThat(pace.nanosToWait(SLOT - 1)).isEqualTo(1);
        assertThat(out(SLOT)).isEqualTo(1);
        assertThat(pace.nanosToWait(SLOT)).isEqualTo(Relay.NEVER);
    }

    @Test
    void delaysNeverAddUp() {
        pace = Pace.of(PaceSettings.ofFramesPerSecond(30), observer);
        long last = 0;
        for (int i = 0; i < 30 * 3600 + 1; i++) {
            come(last, 1);
            while (out(last) == null) {
                last += Math.max(1, pace.nanosToWait(last)) + 1000;
            }
        }
        assertThat(last)
                .isBetween(Duration.ofHours(1).toNanos(), Duration.ofHours(1).toNanos() + 2000);
    }

    @Test
    void aLatePictureGoesOutAtOnceIfItIsAloneAndTheScheduleStays() {
        pace = Pace.of(SKIP, observer);
        come(0, 1);
        assertThat(out(0)).isEqualTo(0);
        come(3 * SLOT, 1);
        assertThat(out(3 * SLOT)).isEqualTo(1);
        come(3 * SLOT, 1);
        assertThat(out(3 * SLOT)).as("slot 2 has passed as well").isEqualTo(2);
        come(3 * SLOT, 1);
        assertThat(out(3 * SLOT)).isEqualTo(3);
        come(3 * SLOT, 1);
        assertThat(out(3 * SLOT)).as("made up").isNull();
        assertThat(drops).isEmpty();
    }

    @Test
    void aLatePictureIsSkippedForANewerOne() {
        pace = Pace.of(SKIP, observer);
        come(0, 1);
        assertThat(out(0)).isEqualTo(0);
        come(3 * SLOT, 2);
        assertThat(out(3 * SLOT)).isEqualTo(2);
        assertThat(drops).containsOnly(Map.entry(FlowObserver.Drop.LATE, 1L));
    }

    @Test
    void afterAStallTheScheduleMovesAndNothingIsHurried() {
        pace = Pace.of(SKIP.withCatchUp(6), observer);
        come(0, 1);
        assertThat(out(0)).isEqualTo(0);
        long late = 50 * SLOT + 7;
        come(late, 2);
        assertThat(out(late)).isEqualTo(1);
        assertThat(out(late)).isNull();
        assertThat(out(late + SLOT)).isEqualTo(2);
        assertThat(drops).isEmpty();
    }

    @Test
    void everySlotGetsOnePictureTheLastOneIfThereIsNoNewOne() {
        pace = Pace.of(HOLD, observer);
        assertThat(out(0)).isNull();
        come(5 * SLOT, 1);
        assertThat(out(5 * SLOT)).isEqualTo(0);
        assertThat(out(5 * SLOT)).isNull();
        try (VideoFrame again = pace.poll(6 * SLOT)) {
            assertThat(again.pts()).isEqualTo(1);
            assertThat(again.timeBase()).isEqualTo(new TimeBase(1, 10));
            assertThat(again.rgb()[0]).isEqualTo((byte) 0);
        }
        come(6 * SLOT, 1);
        try (VideoFrame fresh = pace.poll(7 * SLOT)) {
            assertThat(fresh.pts()).isEqualTo(2);
            assertThat(fresh.rgb()[0]).isEqualTo((byte) 1);
        }
        assertThat(drops).isEmpty();
    }

    @Test
    void slotsWithoutDemandStayEmptyAndTimesTellIt() {
        pace = Pace.of(HOLD, observer);
        come(0, 1);
        assertThat(out(0)).isEqualTo(0);
        assertThat(out(10 * SLOT + 3)).isEqualTo(10);
        assertThat(out(10 * SLOT + 3)).isNull();
        assertThat(out(11 * SLOT)).isEqualTo(11);
    }

    @Test
    void aHeldPictureOutlivesItsEpochUntilANewOneComes() {
        pace = Pace.of(HOLD, observer);
        come(0, 1);
        assertThat(out(0)).isEqualTo(0);
        come(0, 1);
        epoch.end();
        epoch = new Epoch(1);
        try (VideoFrame again = pace.poll(SLOT)) {
            assertThat(again.epoch().isOver()).isFalse();
            assertThat(again.rgb()[0]).isEqualTo((byte) 0);
        }
        come(SLOT, 1);
        try (VideoFrame fresh = pace.poll(2 * SLOT)) {
            assertThat(fresh.epoch()).isSameAs(epoch);
        }
        assertThat(drops).containsOnly(Map.entry(FlowObserver.Drop.OLD_EPOCH, 1L));
    }

    @Test
    void heldPicturesDoNotGoOnAfterTheEnd() {
        pace = Pace.of(HOLD, observer);
        come(0, 1);
        assertThat(out(0)).isEqualTo(0);
        come(0, 1);
        pace.complete();
        assertThat(pace.isEmpty()).isFalse();
        assertThat(out(SLOT)).isEqualTo(1);
        assertThat(pace.isEmpty()).isTrue();
        assertThat(out(2 * SLOT)).isNull();
    }

    @Test
    void aRateThatIsNoWholeNumberOfNanosecondsStaysExact() {
        PaceSettings ntsc = new PaceSettings(new TimeBase(1001, 30000), PaceSettings.Late.SKIP, 6);
        assertThat(ntsc.nanos(30000L * 24 * 365)).isEqualTo(1001L * 24 * 365 * 1_000_000_000L);
        assertThat(ntsc.nanos(1)).isEqualTo(33_366_666);
    }

    @Test
    void aNegativeCatchUpIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SKIP.withCatchUp(-1))
                .withMessage("catchUp is a number of slots, at least 0, got -1");
    }

    private void come(long now, int count) {
        for (int i = 0; i < count; i++) {
            VideoFrame picture = pool.stamping(() -> epoch).take(1, 1, next, new TimeBase(1, 12));
            picture.rgb()[0] = (byte) next++;
            pace.take(picture, now);
        }
    }

    private Long out(long now) {
        try (VideoFrame picture = pace.poll(now)) {
            return picture == null ? null : Long.valueOf(picture.pts());
        }
    }
}
