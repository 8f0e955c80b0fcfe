package io.packcache.media.file;

import io.packcache.stream.spec.SettingException;

/** Sizes that settings may ask for. */
final class PictureSizes {

    private static final int MOST_PIXELS = 8192;

    private PictureSizes() {}

    /** Refuses a size that is neither 0 x 0, for that of the pictures, nor at most 8192 x 8192. */
    static void check(int width, int height) {
        if ((width == 0) != (height == 0) || width < 0 || height < 0 || width > MOST_PIXELS || height > MOST_PIXELS) {
            throw new SettingException(
                    "width",
                    "size is at most " + MOST_PIXELS + " x " + MOST_PIXELS
                            + " pixels, or 0 x 0 for that of the pictures, got " + width + " x " + height);
        }
    }
}
