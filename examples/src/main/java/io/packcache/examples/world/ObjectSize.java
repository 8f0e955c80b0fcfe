package io.packcache.examples.world;

import java.util.Locale;

/** The two sizes of an object; how many pixels that is depends on the {@link Geometry}. */
public enum ObjectSize {
    SMALL,
    LARGE;

    /** The word that captions use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
