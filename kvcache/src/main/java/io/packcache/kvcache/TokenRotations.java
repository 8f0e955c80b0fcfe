package io.packcache.kvcache;

import io.packcache.kvcache.position.RotaryScheme;
import java.util.BitSet;

/** Turns keys and queries to and from where their tokens stand; each token's angles are computed once. */
final class TokenRotations {

    private final TokenTable table;
    private final RotaryScheme scheme;
    private final int pairs;
    private final BitSet known = new BitSet();
    private final double[] angles; // pairs
    private float[] cos = {}; // tokens x pairs
    private float[] sin = {}; // tokens x pairs

    /** @param table must not change while this is used */
    TokenRotations(TokenTable table, RotaryScheme scheme) {
        this.table = table;
        this.scheme = scheme;
        this.pairs = scheme.headSize() / 2;
        this.angles = new double[pairs];
    }

    /** Rotates the vector at {@code at} to where the token stands. */
    void rotate(float[] vectors, int at, int token) {
        turn(vectors, at, token, 1);
    }

    /** Takes the rotation of the token away from the vector at {@code at}. */
    void unrotate(float[] vectors, int at, int token) {
        turn(vectors, at, token, -1);
    }

    private void turn(float[] vectors, int at, int token, int direction) {
        know(token);
        int from = token * pairs;
        for (int j = 0; j < pairs; j++) {
            float c = cos[from + j];
            float s = direction * sin[from + j];
            float a = vectors[at + j];
            float b = vectors[at + j + pairs];
            vectors[at + j] = a * c - b * s;
            vectors[at + j + pairs] = b * c + a * s;
        }
    }

    private void know(int token) {
        if (known.get(token)) {
            return;
        }
        if (cos.length == 0) {
            cos = new float[table.capacity() * pairs];
            sin = new float[table.capacity() * pairs];
        }
        scheme.angles(table.position(token), angles);
        for (int j = 0; j < pairs; j++) {
            cos[token * pairs + j] = (float) Math.cos(angles[j]);
            sin[token * pairs + j] = (float) Math.sin(angles[j]);
        }
        known.set(token);
    }
}
