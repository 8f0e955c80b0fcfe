package io.packcache.kvcache.position;

/**
 * Where a token stands for the rotary embedding.
 *
 * @param visual true if the token rotates by (t, h, w), false if all its channels rotate by {@code index}
 * @param index one-dimensional index in the sequence of its branch
 * @param t time coordinate, used when visual
 * @param h height coordinate, used when visual
 * @param w width coordinate, used when visual
 */
public record TokenPosition(boolean visual, int index, int t, int h, int w) {

    /** Position of a token that rotates in one dimension. */
    public static TokenPosition text(int index) {
        return new TokenPosition(false, index, 0, 0, 0);
    }
}
