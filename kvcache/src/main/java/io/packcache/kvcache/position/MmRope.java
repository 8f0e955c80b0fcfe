package io.packcache.kvcache.position;

/**
 * MM-RoPE (Lumos-1, arXiv 2507.08801): a rotary embedding in which every group of 16 channel pairs turns 4 by time, 6 by
 * height and 6 by width, interleaved, so that each axis sees the whole range of frequencies.
 *
 * <p>Tokens that are not visual turn all pairs by their one-dimensional index.
 */
public final class MmRope implements RotaryScheme {

    private static final int GROUP = 16;
    private static final int TIME_PAIRS = 4;

    private final Frequencies frequencies;

    /** With positions as they are, see {@link #MmRope(int, double, double)}. */
    public MmRope(int headSize, double theta) {
        this(headSize, theta, 1);
    }

    /**
     * @param headSize channels of a head, a multiple of 32
     * @param theta base of the frequencies, positive, usually 10,000
     * @param scale positions are divided by it first, positive, usually 1 ("linear" scaling)
     */
    public MmRope(int headSize, double theta, double scale) {
        if (headSize < 2 * GROUP || headSize % (2 * GROUP) != 0) {
            throw new IllegalArgumentException("MM-RoPE needs a head size that is a multiple of 32, got " + headSize);
        }
        frequencies = new Frequencies(headSize, theta, scale);
    }

    @Override
    public int headSize() {
        return frequencies.headSize();
    }

    @Override
    public boolean axial() {
        return true;
    }

    @Override
    public void angles(TokenPosition position, double[] angles) {
        for (int pair = 0; pair < frequencies.pairs(); pair++) {
            angles[pair] = frequencies.angle(pair, coordinate(position, pair % GROUP));
        }
    }

    private static int coordinate(TokenPosition position, int pair) {
        if (!position.visual()) {
            return position.index();
        }
        if (pair < TIME_PAIRS) {
            return position.t();
        }
        return (pair & 2) == 0 ? position.h() : position.w();
    }
}
