package io.packcache.operators.akka;

import static io.packcache.operators.akka.PackcacheFlow.pace;
import static org.assertj.core.api.Assertions.assertThat;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import io.packcache.operators.virtual.VirtualActors;
import io.packcache.stream.flow.PaceSettings;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pacing in virtual time: hours in milliseconds. */
class PaceStageTest {

    private static final TimeBase TWELVE = new TimeBase(1, 12);
    private static final PaceSettings TWELVE_A_SECOND = PaceSettings.ofFramesPerSecond(12);
    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualActors actors = new VirtualActors();
    private final FramePool pool = new FramePool();

    /** When each picture went out, in nanoseconds. */
    private final List<Long> times = new ArrayList<>();

    @AfterEach
    void nothingIsHeld() {
        actors.close();
        assertThat(pool.live()).isZero();
    }

    @Test
    void anHourOfPicturesTakesAnHourAndNothingMore() {
        int count = 12 * 3600 + 1;
        run(pictures(count), TWELVE_A_SECOND);
        actors.pass(HOUR.minusNanos(1));
        assertThat(times).hasSize(count - 1);
        actors.pass(Duration.ofNanos(1));
        assertThat(times).hasSize(count);
        assertThat(times)
                .as("each in its slot, rounded down once")
                .containsExactlyElementsOf(slots(count, slot -> slot * 1_000_000_000L / 12));
    }

    @Test
    void aSourceThatStallsIsBridgedByItsLastPicture() {
        Source<VideoFrame, NotUsed> stalling = pictures(2).concat(Source.never());
        run(stalling, PaceSettings.ofFramesPerSecond(10).withLate(PaceSettings.Late.HOLD));
        actors.pass(HOUR);
        assertThat(times).containsExactlyElementsOf(slots(36_001, slot -> slot * 100_000_000L));
    }

    @Test
    void afterAStallOfAnHourTheScheduleMovesAndNothingIsHurried() {
        Source<VideoFrame, NotUsed> stalling = pictures(2).concat(pictures(3).initialDelay(HOUR));
        run(stalling, TWELVE_A_SECOND);
        actors.pass(HOUR.plusSeconds(1));
        long slot = 1_000_000_000L / 12;
        long moved = times.get(2);
        assertThat(times.subList(0, 2)).containsExactly(0L, slot);
        assertThat(moved).isGreaterThanOrEqualTo(HOUR.toNanos());
        assertThat(times.subList(2, 5))
                .allSatisfy(time -> assertThat((time - moved) % slot).isBetween(0L, 1L));
        assertThat(times.get(4) - moved).isBetween(2 * slot, 2 * slot + 1);
    }

    @Test
    void aReceiverThatDoesNotAskForAnHourHoldsTheSourceBack() {
        TestSubscriber.Probe<Long> receiver = pictures(100)
                .via(pace(TWELVE_A_SECOND, actors::nanos))
                .map(PaceStageTest::released)
                .runWith(TestSink.probe(actors.system), actors.system);
        receiver.request(1).expectNext(0L);
        actors.pass(HOUR);
        assertThat(pool.live()).as("pictures that wait").isEqualTo(2);
        receiver.request(1).expectNext(1L);
        receiver.cancel();
    }

    private void run(Source<VideoFrame, NotUsed> pictures, PaceSettings settings) {
        pictures.via(pace(settings, actors::nanos))
                .runForeach(
                        picture -> {
                            times.add(actors.nanos());
                            picture.release();
                        },
                        actors.system);
    }

    private Source<VideoFrame, NotUsed> pictures(int count) {
        return Source.range(0, count - 1).map(i -> pool.take(1, 1, i, TWELVE));
    }

    private static List<Long> slots(int count, LongUnaryOperator at) {
        List<Long> expected = new ArrayList<>();
        for (int slot = 0; slot < count; slot++) {
            expected.add(at.applyAsLong(slot));
        }
        return expected;
    }

    private static long released(VideoFrame picture) {
        try (picture) {
            return picture.pts();
        }
    }
}
