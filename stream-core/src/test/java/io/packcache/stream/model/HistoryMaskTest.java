package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HistoryMaskTest {

    @Test
    void thePatternIsTheOriginalsHalvesToEven() {
        assertThat(HistoryMask.of(36, 0.7).stream())
                .containsExactly(
                        0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 14, 16, 17, 19, 20, 22, 23, 24, 26, 27, 29, 30, 32, 33, 35);
        // 2.5 goes to 2, 7.5 to 8.
        assertThat(HistoryMask.of(10, 0.4).stream()).containsExactly(0, 2, 5, 8);
    }

    @Property
    void asManyAsTheRatioSaysAndAllInsideTheFrame(
            @ForAll @IntRange(min = 1, max = 5000) int length, @ForAll @DoubleRange(min = 0, max = 1) double ratio) {
        assertThat(HistoryMask.of(length, ratio).cardinality()).isEqualTo((int) Math.rint(ratio * length));
        assertThat(HistoryMask.of(length, ratio).length()).isLessThanOrEqualTo(length);
    }

    @Test
    void aRatioOutsideZeroToOneIsRefused() {
        assertThatThrownBy(() -> HistoryMask.of(10, 1.1)).hasMessageContaining("1.1");
        assertThatThrownBy(() -> HistoryMask.of(10, Double.NaN)).hasMessageContaining("NaN");
    }
}
