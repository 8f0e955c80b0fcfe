package io.packcache.media.colour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NearestScalerTest {

    @Property(tries = 100)
    void aWholeFactorRepeatsEachPixel(
            @ForAll @IntRange(min = 1, max = 9) int width,
            @ForAll @IntRange(min = 1, max = 9) int height,
            @ForAll @IntRange(min = 1, max = 5) int factor,
            @ForAll long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        NearestScaler scaler = new NearestScaler(width, height, width * factor, height * factor);
        byte[] scaled = new byte[scaler.scaledBytes()];
        scaler.scale(rgb, scaled);
        for (int i = 0; i < scaled.length; i++) {
            int pixel = i / 3;
            int x = pixel % (width * factor) / factor;
            int y = pixel / (width * factor) / factor;
            assertThat(scaled[i]).isEqualTo(rgb[3 * (y * width + x) + i % 3]);
        }
    }

    @Test
    void anUnevenFactorTakesThePixelWhoseCentreIsNearest() {
        byte[] rgb = {1, 1, 1, 2, 2, 2, 3, 3, 3};
        NearestScaler scaler = new NearestScaler(3, 1, 5, 1);
        byte[] scaled = new byte[scaler.scaledBytes()];
        scaler.scale(rgb, scaled);
        assertThat(scaled).containsExactly(1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3);
    }
}
