package io.packcache.media.colour;

import io.packcache.stream.frame.VideoFrame;

/**
 * Turns pictures of one size into planes of one size, scaled where the two differ. Memory is reserved once; one thread at
 * a time.
 */
public final class PicturePlanes {

    private final PictureScaler pixels;
    private final int planesWidth;
    private final int planesHeight;
    private final Yuv420 planes;

    /** Scales by nearest neighbour, otherwise as the other constructor. */
    public PicturePlanes(int width, int height, int scaledWidth, int scaledHeight) {
        this(width, height, scaledWidth, scaledHeight, Scaling.NEAREST);
    }

    /**
     * @param width pixels in a row of the pictures
     * @param height rows of the pictures
     * @param scaledWidth pixels in a row of the planes, rounded up to even by repeating the last column
     * @param scaledHeight rows of the planes, rounded up to even by repeating the last row
     */
    public PicturePlanes(int width, int height, int scaledWidth, int scaledHeight, Scaling scaling) {
        pixels = new PictureScaler(width, height, scaledWidth, scaledHeight, scaling);
        planesWidth = scaledWidth;
        planesHeight = scaledHeight;
        planes = new Yuv420(scaledWidth, scaledHeight);
    }

    /** Whether {@code picture} has the size these planes were made for. */
    public boolean fits(VideoFrame picture) {
        return pixels.fits(picture);
    }

    /** The picture's planes, good until the next call. */
    public Yuv420 of(VideoFrame picture) {
        Bt709.convert(pixels.of(picture), planesWidth, planesHeight, planes);
        return planes;
    }

    /** Pixels in a row of the pictures. */
    public int width() {
        return pixels.width();
    }

    /** Rows of the pictures. */
    public int height() {
        return pixels.height();
    }

    /** The planes, whatever they hold. */
    public Yuv420 planes() {
        return planes;
    }
}
