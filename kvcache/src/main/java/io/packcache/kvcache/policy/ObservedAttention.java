package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.ObservedMass;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * Heavy hitters (Zhang et al., H2O, <a href="https://arxiv.org/abs/2306.14048">arXiv 2306.14048</a>): of each layer and
 * head the tokens stay that drew most attention since they entered, divided by the query rows that could see them, so that
 * age alone is no merit.
 *
 * <p>Limits: attention is that of the probes, not of every query; H2O's recent half is here the newest frames; dividing by
 * rows is kvpress's reading of it.
 *
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens that drew most attention since they entered",
        title = "H2O",
        arxiv = "2306.14048",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record ObservedAttention(Keeping keeping) implements ScoredPolicy {

    public ObservedAttention {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static ObservedAttention defaults() {
        return new ObservedAttention(Keeping.defaults());
    }

    public ObservedAttention withKeeping(Keeping newKeeping) {
        return new ObservedAttention(newKeeping);
    }

    @Override
    public String name() {
        return "observed";
    }

    @Override
    public Scorer scorer() {
        return new ObservedMass();
    }
}
