package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.TimeBase;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimelineTest {

    @Property
    void whateverTheTimesTheTicksRise(
            @ForAll @LongRange(min = -1_000_000, max = 1_000_000) long start,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = -50, max = 50) Integer> jitter) {
        Timeline timeline = new Timeline(new TimeBase(1, 90_000), start);
        assertThat(timeline.place(start)).isZero();
        long last = 0;
        long shifted = 0;
        for (int i = 0; i < jitter.size(); i++) {
            long wanted = (i + 1) * 20L + jitter.get(i);
            long tick = timeline.place(start + wanted);
            assertThat(tick).isGreaterThan(last);
            shifted += wanted <= last ? 1 : 0;
            assertThat(tick).isEqualTo(Math.max(wanted, last + 1));
            assertThat(timeline.duration()).isEqualTo(tick - last);
            last = tick;
        }
        assertThat(timeline.shifted()).isEqualTo(shifted);
    }

    @Test
    void theEndsOfTheNumberRangeDoNotWrapAround() {
        Timeline late = new Timeline(new TimeBase(1, 12), Long.MIN_VALUE);
        late.place(Long.MIN_VALUE);
        assertThatThrownBy(() -> late.place(Long.MAX_VALUE)).hasMessageContaining("more than an hour after");
        Timeline early = new Timeline(new TimeBase(1, 12), Long.MAX_VALUE);
        early.place(Long.MAX_VALUE);
        assertThat(early.place(Long.MIN_VALUE)).isEqualTo(1);
    }

    @Test
    void aPictureMoreThanAnHourLateIsRefused() {
        Timeline timeline = new Timeline(new TimeBase(1, 12), 5);
        timeline.place(5);
        assertThat(timeline.place(5 + 12 * 3600)).isEqualTo(12 * 3600);
        assertThatThrownBy(() -> timeline.place(6 + 2 * 12 * 3600))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than an hour after");
    }
}
