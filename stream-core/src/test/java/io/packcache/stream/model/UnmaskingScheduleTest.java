package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class UnmaskingScheduleTest {

    @Test
    void theCosineIsRoundedInSinglePrecisionAsTheOriginalDoes() {
        // In double precision 1792 cos(pi / 3) is 896.0000000000002.
        assertThat(new UnmaskingSchedule(1792, 18).lowest(11, 1027)).isEqualTo(895);
    }

    @Test
    void firstAndLastStepsAreThoseOfTheOriginal() {
        UnmaskingSchedule schedule = new UnmaskingSchedule(4032, 50);
        assertThat(schedule.lowest(0, 4032)).isEqualTo(4030);
        assertThat(schedule.lowest(48, 253)).isEqualTo(126);
        assertThat(schedule.lowest(49, 126)).isEqualTo(1);
        assertThat(schedule.masked(49, 126)).isZero();
        assertThat(schedule.choiceShare(2)).isEqualTo(0.8843519999999999);
        assertThat(schedule.choiceShare(49)).isZero();
    }

    @Property
    void everyStepKeepsSomethingUntilOneCodeIsLeftAndTheLastKeepsAll(
            @ForAll @IntRange(min = 1, max = 5000) int codes, @ForAll @IntRange(min = 1, max = 60) int steps) {
        UnmaskingSchedule schedule = new UnmaskingSchedule(codes, steps);
        int unknown = codes;
        for (int step = 0; step < steps; step++) {
            int after = schedule.masked(step, unknown);
            assertThat(after).isBetween(0, Math.max(1, unknown - 1));
            unknown = after;
        }
        assertThat(unknown).isZero();
    }

    @Test
    void anEmptyScheduleIsRefused() {
        assertThatThrownBy(() -> new UnmaskingSchedule(0, 5)).hasMessageContaining("0 and 5");
        assertThatThrownBy(() -> new UnmaskingSchedule(5, 0)).hasMessageContaining("5 and 0");
    }
}
