package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReconnectScheduleTest {

    private static final long MILLI = 1_000_000;

    private static final LiveSettings.Retries RETRIES =
            new LiveSettings.Retries(Duration.ofMillis(100), Duration.ofMillis(1000), Duration.ofSeconds(60));

    private final ReconnectSchedule schedule = new ReconnectSchedule(RETRIES, new Random(1), 0);

    @Test
    void waitsDoubleUpToTheLastLessUpToHalfByChance() {
        long[] most = {100, 200, 400, 800, 1000, 1000, 1000};
        long now = 0;
        for (long wait : most) {
            schedule.tryNow();
            assertThat(schedule.lost(now)).isTrue();
            assertThat(schedule.nextTry() - now).isBetween(wait * MILLI / 2, wait * MILLI);
            now = schedule.nextTry();
        }
    }

    @Test
    void itGivesUpWhenItsPatienceIsOver() {
        schedule.tryNow();
        assertThat(schedule.lost(59_999 * MILLI)).isTrue();
        assertThat(schedule.patience(59_999 * MILLI)).isEqualTo(MILLI);
        assertThat(schedule.lost(60_000 * MILLI)).isFalse();
    }

    @Test
    void aConnectionThatHeldBeginsTheCountAnew() {
        schedule.tryNow();
        schedule.lost(0);
        schedule.tryNow();
        schedule.live(50_000 * MILLI);
        assertThat(schedule.lost(51_001 * MILLI)).isTrue();
        assertThat(schedule.attempts()).isZero();
        assertThat(schedule.patience(51_001 * MILLI)).isEqualTo(60_000 * MILLI);
    }

    @Test
    void aConnectionLostWithinASecondWasNone() {
        schedule.tryNow();
        schedule.live(59_500 * MILLI);
        assertThat(schedule.lost(60_000 * MILLI)).isFalse();
        assertThat(schedule.attempts()).isEqualTo(1);
    }
}
