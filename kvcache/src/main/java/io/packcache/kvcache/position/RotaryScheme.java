package io.packcache.kvcache.position;

/** A rotary embedding: turns a position into one angle per channel pair. Pure and thread-safe. */
public interface RotaryScheme {

    /** Channels of one head, d; there are d/2 pairs (j, j + d/2). */
    int headSize();

    /**
     * Whether visual tokens turn by time, height and width, each for itself, so that all content of a frame turns by the
     * same angles when the frame moves in time. Otherwise they turn by their one-dimensional index, as all tokens do.
     */
    boolean axial();

    /**
     * Writes the rotation angle in radians of every pair.
     *
     * @param angles receives d/2 values
     */
    void angles(TokenPosition position, double[] angles);
}
