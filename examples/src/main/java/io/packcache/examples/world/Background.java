package io.packcache.examples.world;

import java.util.Locale;

/**
 * What lies behind the objects: one dark shade, or a gradient from top to bottom.
 *
 * <p>Captions name the hue and whether it is graded, never the variant; that must be remembered from earlier pictures.
 *
 * @param variant 0 or 1: the darker or the lighter shade; for a gradient, lighter below or lighter above
 */
public record Background(Hue hue, boolean graded, int variant) {
    /** Number of variants of each kind. */
    public static final int VARIANTS = 2;

    private static final double DARK = 0.55;

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

    /** The colour of a row of pixels. */
    public Rgb row(int row) {
        if (!graded) {
            return Rgb.ofHex(variant == 0 ? hue.darker : hue.lighter);
        }
        double share = (row + 0.5) / Geometry.SIDE;
        return Rgb.ofHex(hue.darker).scaled(DARK).towards(Rgb.ofHex(hue.lighter), variant == 0 ? share : 1 - share);
    }
}
