package io.packcache.media.colour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LanczosScalerTest {

    @Property(tries = 60)
    void aPlainColourStaysExactlyThatColourAtAnySize(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll @IntRange(min = 1, max = 70) int scaledWidth,
            @ForAll @IntRange(min = 1, max = 70) int scaledHeight,
            @ForAll byte value) {
        byte[] rgb = new byte[3 * width * height];
        Arrays.fill(rgb, value);
        assertThat(scaled(rgb, width, height, scaledWidth, scaledHeight)).containsOnly(value);
    }

    @Property(tries = 60)
    void anySizesEqualTheDefinitionInDoublePrecision(
            @ForAll @IntRange(min = 1, max = 17) int width,
            @ForAll @IntRange(min = 1, max = 17) int height,
            @ForAll @IntRange(min = 1, max = 31) int scaledWidth,
            @ForAll @IntRange(min = 1, max = 31) int scaledHeight,
            @ForAll long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        byte[] scaled = scaled(rgb, width, height, scaledWidth, scaledHeight);
        for (int y = 0; y < scaledHeight; y++) {
            for (int x = 0; x < scaledWidth; x++) {
                double exact = definition(rgb, width, height, scaledWidth, scaledHeight, x, y);
                double clamped = Math.max(0, Math.min(255, exact));
                assertThat((double) (scaled[3 * (y * scaledWidth + x)] & 255)).isCloseTo(clamped, within(0.51));
            }
        }
    }

    @Test
    void theSameSizeGivesTheSamePicture() {
        byte[] rgb = new byte[3 * 13 * 7];
        new Random(1).nextBytes(rgb);
        assertThat(scaled(rgb, 13, 7, 13, 7)).isEqualTo(rgb);
    }

    private static byte[] scaled(byte[] rgb, int width, int height, int scaledWidth, int scaledHeight) {
        Scaler scaler = Scaling.LANCZOS.between(width, height, scaledWidth, scaledHeight);
        byte[] scaled = new byte[scaler.scaledBytes()];
        scaler.scale(rgb, scaled);
        return scaled;
    }

    private static double definition(
            byte[] rgb, int width, int height, int scaledWidth, int scaledHeight, int x, int y) {
        double sum = 0;
        double weights = 0;
        for (int row = -40; row < height + 40; row++) {
            double vertical = weight(row, y, height, scaledHeight);
            for (int column = -40; column < width + 40 && vertical != 0; column++) {
                double weight = vertical * weight(column, x, width, scaledWidth);
                int nearRow = Math.max(0, Math.min(height - 1, row));
                int nearColumn = Math.max(0, Math.min(width - 1, column));
                sum += weight * (rgb[3 * (nearRow * width + nearColumn)] & 255);
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static double weight(int pixel, int place, int size, int scaledSize) {
        double step = (double) size / scaledSize;
        double x = (pixel + 0.5 - (place + 0.5) * step) / Math.max(1, step);
        if (Math.abs(x) >= 3) {
            return 0;
        }
        return Math.abs(x) < 1e-9
                ? 1
                : Math.sin(Math.PI * x) / (Math.PI * x) * (Math.sin(Math.PI * x / 3) / (Math.PI * x / 3));
    }
}
