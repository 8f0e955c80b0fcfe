package io.packcache.media.file;

import io.packcache.media.colour.Scaling;
import io.packcache.stream.spec.SettingException;

/**
 * How an animated WebP is made. Each {@code withX} is a copy with one thing changed.
 *
 * @param width pixels in a row, or 0 for those of the pictures (the default); at most 8192
 * @param height rows, 0 together with {@code width}
 * @param scaling how pictures of another size are scaled; default {@link Scaling#NEAREST}
 * @param lossless whether every pixel is kept; default false
 * @param quality where not lossless, 1 to 100 (best); default 90
 * @param repeats whether it plays for ever; default true
 * @param overwrite whether a file of that name is replaced; default false
 */
public record WebpSettings(
        int width, int height, Scaling scaling, boolean lossless, int quality, boolean repeats, boolean overwrite) {

    /** Good quality, in the size of the pictures, for ever. */
    public static final WebpSettings DEFAULTS = new WebpSettings(0, 0, Scaling.NEAREST, false, 90, true, false);

    public WebpSettings {
        PictureSizes.check(width, height);
        SettingException.requireBetween("quality", quality, 1, 100);
    }

    public WebpSettings withSize(int newWidth, int newHeight) {
        return new WebpSettings(newWidth, newHeight, scaling, lossless, quality, repeats, overwrite);
    }

    public WebpSettings withScaling(Scaling value) {
        return new WebpSettings(width, height, value, lossless, quality, repeats, overwrite);
    }

    public WebpSettings withLossless(boolean value) {
        return new WebpSettings(width, height, scaling, value, quality, repeats, overwrite);
    }

    public WebpSettings withQuality(int value) {
        return new WebpSettings(width, height, scaling, lossless, value, repeats, overwrite);
    }

    public WebpSettings withRepeats(boolean value) {
        return new WebpSettings(width, height, scaling, lossless, quality, value, overwrite);
    }

    public WebpSettings withOverwrite(boolean value) {
        return new WebpSettings(width, height, scaling, lossless, quality, repeats, value);
    }
}
