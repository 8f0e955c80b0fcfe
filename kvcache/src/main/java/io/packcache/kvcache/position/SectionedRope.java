package io.packcache.kvcache.position;

/**
 * Rotary embedding in three sections (M-RoPE of Qwen2-VL, arXiv 2409.12191): of a visual token the first pairs of a head
 * turn by time, the next by height, the last by width; other tokens turn all pairs by their one-dimensional index.
 */
public final class SectionedRope implements RotaryScheme {

    private final Frequencies frequencies;
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
        this.timeEnd = time;
        this.heightEnd = time + height;
        this.frequencies = new Frequencies(2 * (time + height + width), theta, 1);
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
            angles[pair] = frequencies.angle(pair, coordinate(position, pair));
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
