package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.ProbeAttention;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.LinearByLayer;
import java.util.Objects;

/**
 * PyramidKV (Cai et al., <a href="https://arxiv.org/abs/2406.02069">arXiv 2406.02069</a>): {@link SnapKv} with layer
 * budgets that fall linearly from the first layer to the last, see {@link LinearByLayer}.
 *
 * <p>Limits: as for SnapKV. Layers whose share exceeds what they hold pass the surplus on, so a history only little above
 * its budget is thinned less steeply.
 *
 * @param beta how steep: the last layer gets 1 / beta of the mean, at least 1
 * @param kernel tokens over which attention is averaged, odd
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "as snapkv, fewer tokens in deeper layers",
        title = "PyramidKV",
        arxiv = "2406.02069",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record PyramidKv(
        @Allowed("a number, at least 1") double beta,
        @Allowed("a whole number, odd and at least 1") int kernel,
        Keeping keeping)
        implements ScoredPolicy {

    public PyramidKv {
        Limits.odd("kernel", kernel);
        Limits.require(beta >= 1 && beta < Double.POSITIVE_INFINITY, "beta", beta, "a number, at least 1");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Beta 20, averages over five tokens. */
    public static PyramidKv defaults() {
        return new PyramidKv(20, 5, Keeping.defaults());
    }

    public PyramidKv withBeta(double newBeta) {
        return new PyramidKv(newBeta, kernel, keeping);
    }

    public PyramidKv withKernel(int newKernel) {
        return new PyramidKv(beta, newKernel, keeping);
    }

    public PyramidKv withKeeping(Keeping newKeeping) {
        return new PyramidKv(beta, kernel, newKeeping);
    }

    @Override
    public String name() {
        return "pyramidkv";
    }

    @Override
    public Scorer scorer() {
        return ProbeAttention.mean(kernel);
    }

    @Override
    public Allocator allocator() {
        return new LinearByLayer(beta);
    }
}
