package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FiniteScalarQuantizerTest {

    private static final FiniteScalarQuantizer COSMOS = FiniteScalarQuantizer.COSMOS;
    private static final int[] LEVELS = {8, 8, 8, 5, 5, 5};

    @Property
    void aCodeIsItsDigitsInPlaceNotationLowestFirst(@ForAll @IntRange(max = 63_999) int code) {
        float[] values = new float[6];
        COSMOS.values(code, values, 0);
        int sum = 0;
        int place = 1;
        for (int k = 0; k < 6; k++) {
            int half = LEVELS[k] / 2;
            sum += Math.round(values[k] * half + half) * place;
            place *= LEVELS[k];
        }
        assertThat(sum).isEqualTo(code);
    }

    @Property
    void aValueInTheMiddleOfItsLevelKeepsItsCode(@ForAll @IntRange(max = 63_999) int code) {
        float[] values = new float[8];
        COSMOS.values(code, values, 2);
        for (int k = 0; k < 6; k++) {
            values[2 + k] = unbound(values[2 + k], LEVELS[k]);
        }
        assertThat(COSMOS.code(values, 2)).isEqualTo(code);
    }

    /** What the quantiser's bound maps to exactly {@code value * half}. */
    private static float unbound(float value, int levels) {
        double range = (levels - 1) * 1.001 / 2;
        double offset = levels % 2 == 0 ? 0.5 : 0;
        int half = levels / 2;
        return (float) (atanh((value * half + offset) / range) - atanh(offset / range));
    }

    private static double atanh(double x) {
        return Math.log((1 + x) / (1 - x)) / 2;
    }

    @Property
    void aLargerValueNeverHasALowerDigit(
            @ForAll @FloatRange(min = -9, max = 9) float a, @ForAll @FloatRange(min = -9, max = 9) float b) {
        for (int levels = 2; levels <= 9; levels++) {
            FiniteScalarQuantizer one = new FiniteScalarQuantizer(levels);
            int low = one.code(new float[] {Math.min(a, b)}, 0);
            int high = one.code(new float[] {Math.max(a, b)}, 0);
            assertThat(low).isBetween(0, high);
            assertThat(high).isLessThan(levels);
        }
    }

    @Test
    void valuesBeyondAllBoundsTakeTheOutermostLevels() {
        float[] low = {-1e30f, -1e30f, -1e30f, -1e30f, -1e30f, -1e30f};
        float[] high = {1e30f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f};
        assertThat(COSMOS.code(low, 0)).isZero();
        assertThat(COSMOS.code(high, 0)).isEqualTo(63_999);
    }

    @Test
    void aCodeOutsideTheCodebookIsRefused() {
        assertThatThrownBy(() -> COSMOS.values(64_000, new float[6], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a code is 0 to 63999, got 64000");
        assertThatThrownBy(() -> COSMOS.values(-1, new float[6], 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void levelsThatMakeNoCodeAreRefused() {
        assertThatThrownBy(FiniteScalarQuantizer::new).hasMessageContaining("at least one channel");
        assertThatThrownBy(() -> new FiniteScalarQuantizer(8, 1)).hasMessageContaining("at least 2 levels, got 1");
        assertThatThrownBy(() -> new FiniteScalarQuantizer(1 << 16, 1 << 16)).hasMessageContaining("must fit an int");
    }
}
