package io.packcache.examples.world;

import java.util.Locale;

/** The two sizes of an object. */
public enum ObjectSize {
    SMALL(8),
    LARGE(12);

    private final int radius;

    ObjectSize(int radius) {
        this.radius = radius;
    }

    /** Half the side of the square that holds the object, in pixels. */
    public int radius() {
        return radius;
    }

    /** The word that captions use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
