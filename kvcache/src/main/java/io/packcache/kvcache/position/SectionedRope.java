package io.packcache.kvcache.position;

/**
 * Rotary embedding in three sections (M-RoPE of Qwen2-VL, arXiv 2409.12191): of a visual token the first pairs of a head
 * turn by time, the next by height, the last by width; other tokens turn all pairs by their one-dimensional index.
 *
 * <p>Pair j has the frequency {@code theta^(-2j/d)}. Frequency and angle are rounded to float32, as in the models trained
 * with it.
 */
public final class SectionedRope implements RotaryScheme {

    private final float[] frequencies;
    private final int timeEnd;
    private final int heightEnd;

    /**
     * @param theta base of the frequencies, positive
     * @param time pairs that turn by time, at least 1
     * @param height pairs that turn by height, at least 1
     * @param width pairs that turn by width, at least 1; the three together are half the head size
     */
    public SectionedRope(double theta, int time, int height, int width) {
        if (time < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException("each section of a rotary embedding has at least 1 pair, got " + time
                    + ", " + height + " and " + width);
        }
        if (!(theta > 0) || Double.isInfinite(theta)) {
            throw new IllegalArgumentException("a rotary embedding needs a positive theta, got " + theta);
        }
        this.timeEnd = time;
        this.heightEnd = time + height;
        this.frequencies = new float[time + height + width];
        for (int pair = 0; pair < frequencies.length; pair++) {
            frequencies[pair] = 1f / (float) Math.pow(theta, (float) pair / frequencies.length);
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
            angles[pair] = coordinate(position, pair) * frequencies[pair];
        }
    }

    private int coordinate(TokenPosition position, int pair) {
        if (!position.visual()) {
            return position.index();
        }
        if (pair < timeEnd) {
            return position.t();
        }
        return pair < heightEnd ? position.h() : position.w();
    }
}
