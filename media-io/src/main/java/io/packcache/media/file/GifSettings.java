package io.packcache.media.file;

import io.packcache.media.colour.Scaling;

/**
 * How an animated GIF is made. Each {@code withX} is a copy with one thing changed.
 *
 * @param width pixels in a row, or 0 for those of the pictures (the default); at most 8192
 * @param height rows, 0 together with {@code width}
 * @param scaling how pictures of another size are scaled; default {@link Scaling#NEAREST}
 * @param dithered whether pictures of more than 256 colours are dithered, for smooth shades, or take the nearest colour
 *     (the default), which keeps plain areas plain
 * @param repeats whether it plays for ever; default true
 * @param overwrite whether a file of that name is replaced; default false
 */
public record GifSettings(
        int width, int height, Scaling scaling, boolean dithered, boolean repeats, boolean overwrite) {

    /** Plain, in the size of the pictures, for ever. */
    public static final GifSettings DEFAULTS = new GifSettings(0, 0, Scaling.NEAREST, false, true, false);

    public GifSettings {
        PictureSizes.check(width, height);
    }

    public GifSettings withSize(int newWidth, int newHeight) {
        return new GifSettings(newWidth, newHeight, scaling, dithered, repeats, overwrite);
    }

    public GifSettings withScaling(Scaling value) {
        return new GifSettings(width, height, value, dithered, repeats, overwrite);
    }

    public GifSettings withDithered(boolean value) {
        return new GifSettings(width, height, scaling, value, repeats, overwrite);
    }

    public GifSettings withRepeats(boolean value) {
        return new GifSettings(width, height, scaling, dithered, value, overwrite);
    }

    public GifSettings withOverwrite(boolean value) {
        return new GifSettings(width, height, scaling, dithered, repeats, value);
    }
}
