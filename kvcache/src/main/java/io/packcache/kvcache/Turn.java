package io.packcache.kvcache;

import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.kvcache.position.TokenPosition;
import java.util.Arrays;

/** The angles from one position to another. */
final class Turn {

    private final RotaryScheme scheme;
    private final double[] angles;
    private final double[] start;

    /** No turn at all. */
    Turn(RotaryScheme scheme) {
        this.scheme = scheme;
        this.angles = new double[scheme.headSize() / 2];
        this.start = new double[angles.length];
    }

    void stay() {
        Arrays.fill(angles, 0);
    }

    void between(TokenPosition from, TokenPosition to) {
        scheme.angles(from, start);
        scheme.angles(to, angles);
        for (int pair = 0; pair < angles.length; pair++) {
            angles[pair] -= start[pair];
        }
    }

    boolean sameAs(Turn other) {
        return Arrays.equals(angles, other.angles);
    }

    boolean stays() {
        return Arrays.stream(angles).allMatch(angle -> angle == 0);
    }

    double[] cos() {
        return Arrays.stream(angles).map(Math::cos).toArray();
    }

    double[] sin() {
        return Arrays.stream(angles).map(Math::sin).toArray();
    }
}
