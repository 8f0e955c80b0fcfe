package io.packcache.media.colour;

import io.packcache.stream.frame.VideoFrame;

/**
 * Turns pictures of one size into planes of one size, scaled by nearest neighbour where the two differ. Memory is
 * reserved once; one thread at a time.
 */
public final class PicturePlanes {

    private final int width;
    private final int height;
    private final int planesWidth;
    private final int planesHeight;
    private final NearestScaler scaler;
    private final byte[] scaled;
    private final Yuv420 planes;

    /**
     * @param width pixels in a row of the pictures
     * @param height rows of the pictures
     * @param scaledWidth pixels in a row of the planes, rounded up to even by repeating the last column
     * @param scaledHeight rows of the planes, rounded up to even by repeating the last row
     */
    public PicturePlanes(int width, int height, int scaledWidth, int scaledHeight) {
        this.width = width;
        this.height = height;
        planesWidth = scaledWidth;
        planesHeight = scaledHeight;
        boolean same = width == scaledWidth && height == scaledHeight;
        scaler = same ? null : new NearestScaler(width, height, scaledWidth, scaledHeight);
        scaled = same ? null : new byte[scaler.scaledBytes()];
        planes = new Yuv420(scaledWidth, scaledHeight);
    }

    /** Whether {@code picture} has the size these planes were made for. */
    public boolean fits(VideoFrame picture) {
        return picture.width() == width && picture.height() == height;
    }

    /** The picture's planes, good until the next call. */
    public Yuv420 of(VideoFrame picture) {
        byte[] rgb = picture.rgb();
        if (scaler != null) {
            scaler.scale(rgb, scaled);
            rgb = scaled;
        }
        Bt709.convert(rgb, planesWidth, planesHeight, planes);
        return planes;
    }

    /** Pixels in a row of the pictures. */
    public int width() {
        return width;
    }

    /** Rows of the pictures. */
    public int height() {
        return height;
    }

    /** The planes, whatever they hold. */
    public Yuv420 planes() {
        return planes;
    }
}
