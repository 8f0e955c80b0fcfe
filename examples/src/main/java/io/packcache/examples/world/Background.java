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
        BLACK(12, 12, 14, 28, 28, 30),
        GRAY(58, 58, 60, 82, 82, 84),
        NAVY(12, 18, 62, 22, 32, 92);

        private final Rgb darker;
        private final Rgb lighter;

        Hue(int red, int green, int blue, int lighterRed, int lighterGreen, int lighterBlue) {
            this.darker = new Rgb(red, green, blue);
            this.lighter = new Rgb(lighterRed, lighterGreen, lighterBlue);
        }

        /** The word that captions use. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The colour of a row of pixels. */
    public Rgb row(int row) {
        if (!graded) {
            return variant == 0 ? hue.darker : hue.lighter;
        }
        double share = (row + 0.5) / Geometry.SIDE;
        return hue.darker.scaled(DARK).towards(hue.lighter, variant == 0 ? share : 1 - share);
    }
}
