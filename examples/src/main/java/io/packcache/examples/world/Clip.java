package io.packcache.examples.world;

import java.util.Arrays;
import java.util.List;

/**
 * One clip of the world: what is in it, several captions that fit, and its pictures.
 *
 * @param pixels all pictures one after the other, 8-bit RGB, row by row
 */
public record Clip(long seed, Scene scene, List<String> captions, byte[] pixels) {
    public Clip {
        captions = List.copyOf(captions);
    }

    /** The pixels of one picture. */
    public byte[] picture(int picture) {
        int bytes = scene.geometry().pictureBytes();
        return Arrays.copyOfRange(pixels, picture * bytes, (picture + 1) * bytes);
    }
}
