package io.packcache.examples.world;

import java.util.List;

/**
 * One clip of the world: what is in it, several captions that fit, and its pictures.
 *
 * @param pixels all pictures one after the other, 8-bit RGB, row by row
 */
public record Clip(long seed, Scene scene, List<String> captions, byte[] pixels) {
    /** Bytes of one picture. */
    public static final int PICTURE_BYTES = Geometry.SIDE * Geometry.SIDE * 3;

    public Clip {
        captions = List.copyOf(captions);
    }

    /** The pixels of one picture. */
    public byte[] picture(int picture) {
        byte[] copy = new byte[PICTURE_BYTES];
        System.arraycopy(pixels, picture * PICTURE_BYTES, copy, 0, PICTURE_BYTES);
        return copy;
    }
}
