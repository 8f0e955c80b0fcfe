package io.packcache.media.colour;

/** Makes pictures of one size into pictures of another. Made once for a pair of sizes; allocates nothing afterwards. */
public interface Scaler {

    /** Bytes that a scaled picture takes. */
    int scaledBytes();

    /**
     * Scales one picture; rows from the top, R G B for each pixel, no padding.
     *
     * @param rgb a picture of the first size; read only
     * @param scaled receives the picture in the second size
     */
    void scale(byte[] rgb, byte[] scaled);
}
