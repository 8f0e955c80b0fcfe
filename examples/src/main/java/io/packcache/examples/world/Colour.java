package io.packcache.examples.world;

import java.util.Locale;

/** The eight bright colours an object can have. */
public enum Colour {
    RED(0xEB2828),
    GREEN(0x28C83C),
    BLUE(0x3C5AFF),
    YELLOW(0xFAE132),
    ORANGE(0xFA8714),
    PURPLE(0xAF3CE6),
    CYAN(0x32D7E6),
    WHITE(0xF5F5F5);

    private final int hex;

    Colour(int hex) {
        this.hex = hex;
    }

    /** The exact colour that is drawn. */
    public Rgb rgb() {
        return Rgb.ofHex(hex);
    }

    /** The word that captions use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The colour of the palette that lies nearest to the given one. */
    public static Colour nearest(double red, double green, double blue) {
        Colour best = RED;
        double least = Double.POSITIVE_INFINITY;
        for (Colour colour : values()) {
            Rgb rgb = colour.rgb();
            double distance = square(red - rgb.red()) + square(green - rgb.green()) + square(blue - rgb.blue());
            if (distance < least) {
                least = distance;
                best = colour;
            }
        }
        return best;
    }

    private static double square(double value) {
        return value * value;
    }
}
