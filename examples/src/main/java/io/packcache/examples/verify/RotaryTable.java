package io.packcache.examples.verify;

import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.kvcache.position.TokenPosition;
import java.util.List;

/**
 * Cosines and sines of rotary angles, one row per token.
 *
 * @param cos shape (rows, pairs)
 * @param sin shape (rows, pairs)
 * @param pairs half a head's channels
 */
record RotaryTable(float[] cos, float[] sin, int pairs) {

    /** The angles of given positions. */
    static RotaryTable of(RotaryScheme scheme, List<TokenPosition> positions) {
        return between(scheme, null, positions);
    }

    /** The angles from one list of positions to another, or to the latter alone if {@code from} is null. */
    static RotaryTable between(RotaryScheme scheme, List<TokenPosition> from, List<TokenPosition> to) {
        int pairs = scheme.headSize() / 2;
        float[] cos = new float[to.size() * pairs];
        float[] sin = new float[to.size() * pairs];
        double[] start = new double[pairs];
        double[] angles = new double[pairs];
        for (int row = 0; row < to.size(); row++) {
            scheme.angles(to.get(row), angles);
            if (from != null) {
                scheme.angles(from.get(row), start);
            }
            for (int pair = 0; pair < pairs; pair++) {
                cos[row * pairs + pair] = (float) Math.cos(angles[pair] - start[pair]);
                sin[row * pairs + pair] = (float) Math.sin(angles[pair] - start[pair]);
            }
        }
        return new RotaryTable(cos, sin, pairs);
    }

    /** Each row twice over, as golden files store it: once for each half of the channels. */
    float[] doubled(float[] half) {
        float[] whole = new float[2 * half.length];
        for (int row = 0; row < half.length / pairs; row++) {
            System.arraycopy(half, row * pairs, whole, 2 * row * pairs, pairs);
            System.arraycopy(half, row * pairs, whole, (2 * row + 1) * pairs, pairs);
        }
        return whole;
    }
}
