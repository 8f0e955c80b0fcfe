package io.packcache.kvcache.position;

/**
 * The rotary embedding of plain language models (RoFormer, arXiv 2104.09864): all channel pairs turn by the token's index
 * in its sequence, pair j with the frequency {@code theta^(-2j/d)}. Height and width mean nothing here; frames that move
 * in time turn by one angle per pair. Frequency and angle are rounded to float32, as in the models trained with it.
 */
public final class LinearRope implements RotaryScheme {

    private final float[] frequencies;
    private final float scale;

    /**
     * @param headSize channels of a head, even
     * @param theta base of the frequencies, positive
     * @param scale positions are divided by it first, positive, usually 1
     */
    public LinearRope(int headSize, double theta, double scale) {
        if (headSize < 2 || headSize % 2 != 0) {
            throw new IllegalArgumentException("a rotary embedding needs an even head size, got " + headSize);
        }
        if (!(theta > 0 && scale > 0) || Double.isInfinite(theta) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException(
                    "a rotary embedding needs a positive theta and scale, got " + theta + " and " + scale);
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
        return false;
    }

    @Override
    public void angles(TokenPosition position, double[] angles) {
        for (int pair = 0; pair < frequencies.length; pair++) {
            angles[pair] = position.index() / scale * frequencies[pair];
        }
    }
}
