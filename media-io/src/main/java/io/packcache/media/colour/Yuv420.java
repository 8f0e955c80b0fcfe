package io.packcache.media.colour;

/**
 * One picture in planes, as video codecs take it: luma for each pixel, both chromas for each 2 x 2 pixels, 8 bits each.
 * Meant to be filled again and again; not thread-safe.
 */
public final class Yuv420 {

    private final int width;
    private final int height;
    private final byte[] y;
    private final byte[] u;
    private final byte[] v;

    /**
     * Makes planes that hold a picture of the given size; an odd width or height is rounded up to even.
     *
     * @param pictureWidth pixels, at least 1
     * @param pictureHeight pixels, at least 1
     */
    public Yuv420(int pictureWidth, int pictureHeight) {
        if (pictureWidth < 1 || pictureHeight < 1) {
            throw new IllegalArgumentException(
                    "a picture is at least 1 x 1 pixels, got " + pictureWidth + " x " + pictureHeight);
        }
        width = even(pictureWidth);
        height = even(pictureHeight);
        int pixels = Math.multiplyExact(width, height);
        y = new byte[pixels];
        u = new byte[pixels / 4];
        v = new byte[pixels / 4];
    }

    /** Pixels of luma in a row; even. */
    public int width() {
        return width;
    }

    /** Rows of luma; even. */
    public int height() {
        return height;
    }

    /** Luma, {@code height} rows of {@code width}. */
    public byte[] y() {
        return y;
    }

    /** Blue difference, {@code height / 2} rows of {@code width / 2}. */
    public byte[] u() {
        return u;
    }

    /** Red difference, {@code height / 2} rows of {@code width / 2}. */
    public byte[] v() {
        return v;
    }

    private static int even(int size) {
        return Math.addExact(size, size & 1);
    }
}
