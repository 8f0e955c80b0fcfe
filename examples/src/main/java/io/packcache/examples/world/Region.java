package io.packcache.examples.world;

import java.util.Locale;

/** The nine parts of the picture that a caption can start from. */
public enum Region {
    TOP_LEFT,
    TOP,
    TOP_RIGHT,
    LEFT,
    CENTRE,
    RIGHT,
    BOTTOM_LEFT,
    BOTTOM,
    BOTTOM_RIGHT;

    /** The part that holds a place. */
    @SuppressWarnings("EnumOrdinal") // the constants are the rows and columns of the picture in order
    public static Region of(double x, double y, Geometry field) {
        return values()[3 * third(y, field) + third(x, field)];
    }

    /** The words that captions use, such as {@code bottom left}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static int third(double coordinate, Geometry field) {
        double share = (coordinate - field.near()) / (field.far() - field.near());
        return share < 0.3 ? 0 : share < 0.7 ? 1 : 2;
    }
}
