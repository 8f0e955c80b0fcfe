package io.packcache.kvcache.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class NumberFormatTest {

    @ParameterizedTest
    @EnumSource(value = NumberFormat.class, mode = Mode.EXCLUDE, names = "FLOAT32")
    void everyFiniteSixteenBitNumberSurvivesTheWayToFloat32AndBack(NumberFormat format) {
        int exponent = format == NumberFormat.FLOAT16 ? 0x7c00 : 0x7f80;
        for (int bits = 0; bits < 1 << 16; bits++) {
            if ((bits & exponent) != exponent) {
                assertThat(format.narrow(format.widen(bits))).isEqualTo(bits);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x3c00, 1",
        "0xc000, -2",
        "0x7bff, 65504",
        "0x0001, 5.9604645e-8",
        "0x03ff, 6.097555e-5",
        "0x3555, 0.33325195"
    })
    void halvesAreThoseOfTheStandard(String bits, float value) {
        assertThat(NumberFormat.FLOAT16.widen(Integer.decode(bits))).isEqualTo(value);
    }

    @Test
    void aBrainFloatIsTheUpperHalfOfAFloat() {
        assertThat(NumberFormat.BFLOAT16.widen(0x4049)).isEqualTo(3.140625f);
        assertThat(NumberFormat.BFLOAT16.narrow((float) Math.PI)).isEqualTo(0x4049);
    }
}
