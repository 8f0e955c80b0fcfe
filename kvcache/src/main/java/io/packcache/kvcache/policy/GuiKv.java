package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.score.SubspaceSaliency;
import java.util.Objects;

/**
 * GUI-KV (Huang et al., <a href="https://arxiv.org/abs/2510.00536">arXiv 2510.00536</a>): attention of the newest queries,
 * but 0 for older tokens whose keys lie in the subspace of the newest frame's keys, see {@link SubspaceSaliency}; the same
 * budget in every layer, which the paper found better on pictures.
 *
 * <p>Limits: the subspace is spanned by keys taken evenly over the picture instead of the first 32, and by at most half as
 * many as there are channels, since small heads would be spanned whole. With the newest frame whole, its hidden states
 * decide only among frames that compete.
 *
 * @param rank directions of the newest frame's key subspace, at most half the channels
 * @param alpha weight of hidden-state length on the newest frame
 * @param kernel tokens over which attention is averaged, odd
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens attended to whose keys the newest frame lacks",
        title = "GUI-KV",
        arxiv = "2510.00536",
        evidence = "rule read in the authors' code")
public record GuiKv(
        @Allowed("a whole number, at least 1") int rank,
        @Allowed("a number, at least 0") double alpha,
        @Allowed("a whole number, odd and at least 1") int kernel,
        Keeping keeping)
        implements ScoredPolicy {

    public GuiKv {
        Limits.odd("kernel", kernel);
        Limits.require(rank >= 1, "rank", rank, "at least 1");
        Limits.require(alpha >= 0, "alpha", alpha, "at least 0");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** 32 directions, alpha 0.1, averages over five tokens. */
    public static GuiKv defaults() {
        return new GuiKv(32, 0.1, 5, Keeping.defaults());
    }

    public GuiKv withRank(int newRank) {
        return new GuiKv(newRank, alpha, kernel, keeping);
    }

    public GuiKv withAlpha(double newAlpha) {
        return new GuiKv(rank, newAlpha, kernel, keeping);
    }

    public GuiKv withKernel(int newKernel) {
        return new GuiKv(rank, alpha, newKernel, keeping);
    }

    public GuiKv withKeeping(Keeping newKeeping) {
        return new GuiKv(rank, alpha, kernel, newKeeping);
    }

    @Override
    public String name() {
        return "gui-kv";
    }

    @Override
    public Scorer scorer() {
        return new SubspaceSaliency(rank, alpha, kernel);
    }
}
