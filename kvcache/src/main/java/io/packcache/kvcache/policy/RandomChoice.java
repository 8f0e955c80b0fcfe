package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.RandomScore;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * The control: tokens drawn by lot. Each token's lot depends on its name alone, so what is kept is at any time a fair sample
 * of all that is within reach, the same in every layer and head.
 *
 * @param seed another seed, another choice
 * @param keeping what is not up to scores
 */
@Paper(keeps = "tokens drawn by lot, the control of every comparison", title = "no paper", evidence = "defined here")
public record RandomChoice(
        @Allowed("a whole number, at least 0") int seed, Keeping keeping) implements ScoredPolicy {

    public RandomChoice {
        Limits.require(seed >= 0, "seed", seed, "at least 0");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Seed 1. */
    public static RandomChoice defaults() {
        return new RandomChoice(1, Keeping.defaults());
    }

    public RandomChoice withSeed(int newSeed) {
        return new RandomChoice(newSeed, keeping);
    }

    public RandomChoice withKeeping(Keeping newKeeping) {
        return new RandomChoice(seed, newKeeping);
    }

    @Override
    public String name() {
        return "random";
    }

    @Override
    public Scorer scorer() {
        return new RandomScore(seed);
    }
}
