package io.packcache.examples.world;

import java.util.Locale;

/** The eight bright colours an object can have. */
public enum Colour {
    RED(235, 40, 40),
    GREEN(40, 200, 60),
    BLUE(60, 90, 255),
    YELLOW(250, 225, 50),
    ORANGE(250, 135, 20),
    PURPLE(175, 60, 230),
    CYAN(50, 215, 230),
    WHITE(245, 245, 245);

    private final Rgb rgb;

    Colour(int red, int green, int blue) {
        this.rgb = new Rgb(red, green, blue);
    }

    /** The exact colour that is drawn. */
    public Rgb rgb() {
        return rgb;
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
            double distance = square(red - colour.rgb.red())
                    + square(green - colour.rgb.green())
                    + square(blue - colour.rgb.blue());
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
