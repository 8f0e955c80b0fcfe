package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.ProbeAttention;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * SnapKV (Li et al., <a href="https://arxiv.org/abs/2404.14469">arXiv 2404.14469</a>): of each layer and head the tokens
 * stay that the newest queries attend to most, averaged over neighbours and over the query heads of the group.
 *
 * <p>Limits: the paper observes the last 64 queries of a prompt; here up to 32 probes, evenly over the newest frame.
 * Neighbours are neighbours in the sequence, so they reach over the end of a row.
 *
 * @param kernel tokens over which attention is averaged, odd
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens the newest frame attends to",
        title = "SnapKV",
        arxiv = "2404.14469",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record SnapKv(
        @Allowed("a whole number, odd and at least 1") int kernel, Keeping keeping) implements ScoredPolicy {

    public SnapKv {
        Limits.odd("kernel", kernel);
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Averages over five tokens. */
    public static SnapKv defaults() {
        return new SnapKv(5, Keeping.defaults());
    }

    public SnapKv withKernel(int newKernel) {
        return new SnapKv(newKernel, keeping);
    }

    public SnapKv withKeeping(Keeping newKeeping) {
        return new SnapKv(kernel, newKeeping);
    }

    @Override
    public String name() {
        return "snapkv";
    }

    @Override
    public Scorer scorer() {
        return ProbeAttention.mean(kernel);
    }
}
