package io.packcache.examples.world;

import java.util.Locale;

/**
 * What lies behind the objects: one dark shade, a gradient from top to bottom, or a texture of two dark shades.
 *
 * <p>Captions name the hue and the pattern, never the variant; that must be remembered from earlier pictures.
 *
 * @param variant 0 or 1: the darker or the lighter shade; for a gradient, lighter below or lighter above; for a texture,
 *     which of the two shades lies on the other
 */
public record Background(Hue hue, Pattern pattern, int variant) {
    /** Number of variants of each kind. */
    public static final int VARIANTS = 2;

    private static final double DARK = 0.55;

    /** How shades are laid out. Textures repeat every {@value Geometry#STEP} pixels, the cell of the visual tokenizer. */
    public enum Pattern {
        PLAIN,
        GRADED,
        DOTTED,
        STRIPED,
        CHECKED;

        /** The word that captions use; empty for a plain background, which has none. */
        public String word() {
            return this == PLAIN ? "" : name().toLowerCase(Locale.ROOT);
        }
    }

    /** The dark hues. */
    public enum Hue {
        BLACK(0x0C0C0E, 0x1C1C1E),
        GRAY(0x3A3A3C, 0x525254),
        NAVY(0x0C123E, 0x16205C);

        private final int darker;
        private final int lighter;

        Hue(int darker, int lighter) {
            this.darker = darker;
            this.lighter = lighter;
        }

        /** The word that captions use. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The colour of a pixel of pictures {@code side} pixels high. */
    public Rgb pixel(int x, int y, int side) {
        Rgb darker = Rgb.ofHex(hue.darker);
        Rgb lighter = Rgb.ofHex(hue.lighter);
        if (pattern == Pattern.GRADED) {
            double share = (y + 0.5) / side;
            return darker.scaled(DARK).towards(lighter, variant == 0 ? share : 1 - share);
        }
        return figure(x % Geometry.STEP, y % Geometry.STEP) == (variant == 0) ? darker : lighter;
    }

    /** Whether a pixel of a cell belongs to what the first shade fills: all of it where there is no texture. */
    private boolean figure(int x, int y) {
        int half = Geometry.STEP / 2;
        return switch (pattern) {
            case DOTTED -> Math.abs(2 * x + 1 - Geometry.STEP) + Math.abs(2 * y + 1 - Geometry.STEP) > half;
            case STRIPED -> x < half;
            case CHECKED -> (x < half) == (y < half);
            default -> true;
        };
    }
}
