package io.packcache.media.colour;

import io.packcache.stream.frame.VideoFrame;

/** Pixels of pictures of one size, in another size where that is asked for. Memory is reserved once; one thread at a time. */
public final class PictureScaler {

    private final int width;
    private final int height;
    private final Scaler scaler;
    private final byte[] scaled;

    /** From {@code width x height} pixels to {@code scaledWidth x scaledHeight}; each at least 1. */
    public PictureScaler(int width, int height, int scaledWidth, int scaledHeight, Scaling scaling) {
        this.width = width;
        this.height = height;
        boolean same = width == scaledWidth && height == scaledHeight;
        scaler = same ? null : scaling.between(width, height, scaledWidth, scaledHeight);
        scaled = same ? null : new byte[scaler.scaledBytes()];
    }

    /** Whether {@code picture} has the size this was made for. */
    public boolean fits(VideoFrame picture) {
        return picture.width() == width && picture.height() == height;
    }

    /** The picture's pixels in the new size, read only; good until the next call and while the picture is held. */
    public byte[] of(VideoFrame picture) {
        if (scaler == null) {
            return picture.rgb();
        }
        scaler.scale(picture.rgb(), scaled);
        return scaled;
    }

    /** Pixels in a row of the pictures. */
    public int width() {
        return width;
    }

    /** Rows of the pictures. */
    public int height() {
        return height;
    }
}
