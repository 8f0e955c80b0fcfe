package io.packcache.kvcache.position;

/**
 * The rotary embedding of plain language models (RoFormer, arXiv 2104.09864): all channel pairs turn by the token's index
 * in its sequence. Height and width mean nothing here; frames that move in time turn by one angle per pair.
 */
public final class LinearRope implements RotaryScheme {

    private final Frequencies frequencies;

    /**
     * @param headSize channels of a head, even
     * @param theta base of the frequencies, positive
     * @param scale positions are divided by it first, positive, usually 1
     */
    public LinearRope(int headSize, double theta, double scale) {
        frequencies = new Frequencies(headSize, theta, scale);
    }

    @Override
    public int headSize() {
        return frequencies.headSize();
    }

    @Override
    public boolean axial() {
        return false;
    }

    @Override
    public void angles(TokenPosition position, double[] angles) {
        for (int pair = 0; pair < frequencies.pairs(); pair++) {
            angles[pair] = frequencies.angle(pair, position.index());
        }
    }
}
