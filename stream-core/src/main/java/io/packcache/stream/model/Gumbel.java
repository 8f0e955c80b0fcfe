package io.packcache.stream.model;

import java.util.SplittableRandom;

/** Random numbers of Gumbel's distribution, in nats: added to logarithms of probabilities they make the largest a draw. */
final class Gumbel {

    private static final double LEAST = 1e-20;

    private Gumbel() {}

    static double next(SplittableRandom random) {
        double uniform = Math.max(random.nextDouble(), LEAST);
        return -Math.log(Math.max(-Math.log(uniform), LEAST));
    }
}
