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
    void itGivesUpWhereTheNextTryWouldComeTooLate() {
        schedule.tryNow();
        assertThat(schedule.lost(59_800 * MILLI)).isTrue();
        assertThat(schedule.nextTry()).isLessThan(60_000 * MILLI);
        assertThat(schedule.lost(59_960 * MILLI)).isFalse();
    }

    @Test
    void aConnectionThatHeldBeginsTheCountAnew() {
        schedule.tryNow();
        schedule.lost(0);
        schedule.tryNow();
        schedule.live(59_000 * MILLI);
        assertThat(schedule.lost(60_001 * MILLI)).isTrue();
        assertThat(schedule.attempts()).isZero();
    }

    @Test
    void aConnectionLostWithinASecondWasNone() {
        schedule.tryNow();
        schedule.live(59_500 * MILLI);
        assertThat(schedule.lost(60_000 * MILLI)).isFalse();
        assertThat(schedule.attempts()).isEqualTo(1);
    }
}
