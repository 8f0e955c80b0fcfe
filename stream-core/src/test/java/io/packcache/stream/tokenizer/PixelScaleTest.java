package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PixelScaleTest {

    @Test
    void outOfRangeNumbersAreClamped() {
        assertThat(PixelScale.pixel(-3)).isZero();
        assertThat(PixelScale.pixel(7) & 0xFF).isEqualTo(255);
    }

    @Test
    void numbersAreTruncatedNotRounded() {
        assertThat(PixelScale.pixel((float) (2 * 100.9 / 255 - 1))).isEqualTo((byte) 100);
    }

    @Test
    void aPixelComesBackWithinTheOneThatTruncationMayTake() {
        for (int pixel = 0; pixel < 256; pixel++) {
            assertThat(PixelScale.pixel(PixelScale.value((byte) pixel)) & 0xFF).isBetween(pixel - 1, pixel);
        }
    }
}
