package io.packcache.examples.world;

/**
 * A bar across the whole picture that objects pass behind.
 *
 * @param vertical whether it stands or lies
 * @param start its first column or row of pixels
 * @param width how wide it is, in pixels
 */
public record Bar(boolean vertical, int start, int width) {
    /** The colour of every bar: darker than any object, unlike any background. */
    public static final Rgb RGB = new Rgb(100, 76, 52);

    /** Whether the bar covers the pixel. */
    public boolean covers(int x, int y) {
        int across = vertical ? x : y;
        return across >= start && across < start + width;
    }

    /** The word that captions use. */
    public String word() {
        return vertical ? "vertical" : "horizontal";
    }
}
