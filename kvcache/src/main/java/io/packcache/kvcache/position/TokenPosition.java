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

    /**
     * The position so much further on every axis, as after a prefix that became longer by so many tokens.
     *
     * @throws ArithmeticException if it leaves the range of int
     */
    public TokenPosition shifted(int by) {
        int space = visual ? by : 0;
        return new TokenPosition(
                visual,
                Math.addExact(index, by),
                Math.addExact(t, space),
                Math.addExact(h, space),
                Math.addExact(w, space));
    }

    /** Position of a token that rotates in one dimension. */
    public static TokenPosition text(int index) {
        return new TokenPosition(false, index, 0, 0, 0);
    }
}
