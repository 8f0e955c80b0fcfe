package io.packcache.kvcache.position;

/** A rotary embedding: turns a position into one angle per channel pair. Pure and thread-safe. */
public interface RotaryScheme {

    /** Channels of one head, d; there are d/2 pairs (j, j + d/2). */
    int headSize();

    /**
     * Writes the rotation angle in radians of every pair.
     *
     * @param angles receives d/2 values
     */
    void angles(TokenPosition position, double[] angles);
}
