package io.packcache.kvcache.position;

/**
 * What all rotary embeddings share: pair j of a head turns with the frequency {@code theta^(-2j/d)} (RoFormer, arXiv
 * 2104.09864). Frequency and angle are rounded to float32, as in the models trained with them, so that far positions get
 * the very angles the model knows.
 */
final class Frequencies {

    private final float[] values;
    private final float scale;

    /**
     * @param headSize channels of a head, even
     * @param theta base, positive and finite
     * @param scale positions are divided by it first ("linear" scaling), positive and finite, usually 1
     */
    Frequencies(int headSize, double theta, double scale) {
        if (headSize < 2 || headSize % 2 != 0) {
            throw new IllegalArgumentException("a rotary embedding needs an even head size, got " + headSize);
        }
        requirePositive("theta", theta);
        requirePositive("scale", scale);
        this.scale = (float) scale;
        values = new float[headSize / 2];
        for (int pair = 0; pair < values.length; pair++) {
            values[pair] = 1f / (float) Math.pow(theta, 2f * pair / headSize);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("a rotary embedding needs a positive " + name + ", got " + value);
        }
    }

    int pairs() {
        return values.length;
    }

    int headSize() {
        return 2 * values.length;
    }

    /** Radians by which {@code pair} turns at {@code coordinate}. */
    float angle(int pair, int coordinate) {
        return coordinate / scale * values[pair];
    }
}
