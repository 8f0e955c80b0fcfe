package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.KeyDifference;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * KeyDiff (Park et al., <a href="https://arxiv.org/abs/2504.15364">arXiv 2504.15364</a>): of each layer and head the tokens
 * stay whose keys point farthest away from the mean of all unit keys. Needs no attention.
 *
 * <p>Limits: the paper works block by block of 128 tokens, here the block is a frame. Keys are compared un-rotated, so
 * that distance in time does not pass for difference; the paper compares them as cached.
 *
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens whose keys differ from the rest",
        title = "KeyDiff",
        arxiv = "2504.15364",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record KeyDiff(Keeping keeping) implements ScoredPolicy {

    public KeyDiff {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static KeyDiff defaults() {
        return new KeyDiff(Keeping.defaults());
    }

    public KeyDiff withKeeping(Keeping newKeeping) {
        return new KeyDiff(newKeeping);
    }

    @Override
    public String name() {
        return "keydiff";
    }

    @Override
    public Scorer scorer() {
        return new KeyDifference();
    }
}
