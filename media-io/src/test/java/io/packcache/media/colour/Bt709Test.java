package io.packcache.media.colour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class Bt709Test {

    /** How far from a tie the fixed-point sums may stray; see the class comment of {@link Bt709}. */
    private static final double STRAY = 2e-3;

    @Test
    void primariesHaveTheValuesOfTheStandard() {
        assertThat(convertOne(255, 0, 0)).containsExactly(63, 102, 240);
        assertThat(convertOne(0, 255, 0)).containsExactly(173, 42, 26);
        assertThat(convertOne(0, 0, 255)).containsExactly(32, 240, 118);
        assertThat(convertOne(0, 0, 0)).containsExactly(16, 128, 128);
        assertThat(convertOne(255, 255, 255)).containsExactly(235, 128, 128);
    }

    @Test
    void greyHasNoColourAndRisesFrom16To235() {
        for (int grey = 0; grey < 256; grey++) {
            int luma = (int) Math.round(16 + 219 / 255.0 * grey);
            assertThat(convertOne(grey, grey, grey)).as("grey %d", grey).containsExactly(luma, 128, 128);
        }
    }

    @Test
    void everyColourIsRoundedToTheNearestLevel() {
        Yuv420 planes = new Yuv420(512, 512);
        byte[] rgb = new byte[3 * 512 * 512];
        for (int red = 0; red < 256; red++) {
            fillWithAllColoursOfRed(red, rgb);
            Bt709.convert(rgb, 512, 512, planes);
            for (int colour = 0; colour < 65536; colour++) {
                int green = colour >> 8;
                int blue = colour & 255;
                int chroma = green * 256 + blue;
                double luma = luma(red, green, blue);
                double worst = Math.max(
                        Math.abs((planes.y()[2 * green * 512 + 2 * blue] & 255) - exactY(luma)),
                        Math.max(
                                Math.abs((planes.u()[chroma] & 255) - exactU(luma, blue)),
                                Math.abs((planes.v()[chroma] & 255) - exactV(luma, red))));
                if (worst > 0.5 + STRAY) {
                    assertThat(worst).as("rgb %d %d %d", red, green, blue).isLessThanOrEqualTo(0.5 + STRAY);
                }
            }
        }
    }

    @Property(tries = 200)
    void anySizeEqualsTheReferenceInDoublePrecision(
            @ForAll @IntRange(min = 1, max = 37) int width,
            @ForAll @IntRange(min = 1, max = 11) int height,
            @ForAll long seed) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        Yuv420 planes = new Yuv420(width, height);
        Bt709.convert(rgb, width, height, planes);
        for (int y = 0; y < planes.height(); y++) {
            for (int x = 0; x < planes.width(); x++) {
                double exact = exactY(lumaAt(rgb, width, height, x, y));
                assertThat((double) (planes.y()[y * planes.width() + x] & 255)).isBetween(low(exact), high(exact));
            }
        }
        for (int y = 0; y < planes.height(); y += 2) {
            for (int x = 0; x < planes.width(); x += 2) {
                assertChroma(rgb, width, height, x, y, planes);
            }
        }
    }

    @Test
    void aPictureOfAnotherSizeIsRefused() {
        assertThatThrownBy(() -> Bt709.convert(new byte[3 * 6 * 4], 6, 4, new Yuv420(4, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a picture of 6 x 4 does not fill planes of 4 x 4");
    }

    private static void assertChroma(byte[] rgb, int width, int height, int x, int y, Yuv420 planes) {
        double luma = 0;
        double red = 0;
        double blue = 0;
        for (int i = 0; i < 4; i++) {
            int column = x + (i & 1);
            int row = y + (i >> 1);
            luma += lumaAt(rgb, width, height, column, row) / 4;
            red += channel(rgb, width, height, column, row, 0) / 4.0;
            blue += channel(rgb, width, height, column, row, 2) / 4.0;
        }
        int at = y / 2 * (planes.width() / 2) + x / 2;
        double exactU = exactU(luma, blue);
        double exactV = exactV(luma, red);
        assertThat((double) (planes.u()[at] & 255)).isBetween(low(exactU), high(exactU));
        assertThat((double) (planes.v()[at] & 255)).isBetween(low(exactV), high(exactV));
    }

    private static double low(double exact) {
        return exact - 0.5 - STRAY;
    }

    private static double high(double exact) {
        return exact + 0.5 + STRAY;
    }

    private static double lumaAt(byte[] rgb, int width, int height, int x, int y) {
        return luma(
                channel(rgb, width, height, x, y, 0),
                channel(rgb, width, height, x, y, 1),
                channel(rgb, width, height, x, y, 2));
    }

    private static int channel(byte[] rgb, int width, int height, int x, int y, int channel) {
        int row = Math.min(y, height - 1);
        int column = Math.min(x, width - 1);
        return rgb[3 * (row * width + column) + channel] & 255;
    }

    private static double luma(double red, double green, double blue) {
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }

    private static double exactY(double luma) {
        return 16 + 219 / 255.0 * luma;
    }

    private static double exactU(double luma, double blue) {
        return 128 + 224 / 255.0 * (blue - luma) / 1.8556;
    }

    private static double exactV(double luma, double red) {
        return 128 + 224 / 255.0 * (red - luma) / 1.5748;
    }

    /** Green downwards, blue to the right, each colour on 2 x 2 pixels. */
    private static void fillWithAllColoursOfRed(int red, byte[] rgb) {
        for (int y = 0, at = 0; y < 512; y++) {
            for (int x = 0; x < 512; x++, at += 3) {
                rgb[at] = (byte) red;
                rgb[at + 1] = (byte) (y / 2);
                rgb[at + 2] = (byte) (x / 2);
            }
        }
    }

    private static int[] convertOne(int red, int green, int blue) {
        Yuv420 planes = new Yuv420(1, 1);
        Bt709.convert(new byte[] {(byte) red, (byte) green, (byte) blue}, 1, 1, planes);
        return new int[] {planes.y()[0] & 255, planes.u()[0] & 255, planes.v()[0] & 255};
    }
}
