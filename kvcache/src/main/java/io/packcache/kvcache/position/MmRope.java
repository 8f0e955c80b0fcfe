package io.packcache.kvcache.position;

/**
 * MM-RoPE (Lumos-1, arXiv 2507.08801): a rotary embedding in which every group of 16 channel pairs turns 4 by time, 6 by
 * height and 6 by width, interleaved, so that each axis sees the whole range of frequencies.
 *
 * <p>Tokens that are not visual turn all pairs by their one-dimensional index. Pair j has the frequency
 * {@code theta^(-2j/d)}. Frequency and angle are rounded to float32, as in the models trained with it, so that far
 * positions get the very angles the model knows.
 */
public final class MmRope implements RotaryScheme {

    private static final int GROUP = 16;
    private static final int TIME_PAIRS = 4;

    private final float[] frequencies;
    private final float scale;

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
        if (!(theta > 0) || Double.isInfinite(theta)) {
            throw new IllegalArgumentException("MM-RoPE needs a positive theta, got " + theta);
        }
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("MM-RoPE needs a positive scale, got " + scale);
        }
        this.scale = (float) scale;
        frequencies = new float[headSize / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            frequencies[pair] = 1f / (float) Math.pow(theta, 2f * pair / headSize);
        }
    }

    @Override
    public int headSize() {
        return 2 * frequencies.length;
    }

    @Override
    public boolean axial() {
        return true;
    }

    @Override
    public void angles(TokenPosition position, double[] angles) {
        for (int pair = 0; pair < frequencies.length; pair++) {
            angles[pair] = coordinate(position, pair % GROUP) / scale * frequencies[pair];
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
