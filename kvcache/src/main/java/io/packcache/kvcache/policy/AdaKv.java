package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.HeadPool;
import io.packcache.kvcache.policy.share.Segments;
import java.util.Objects;

/**
 * Ada-KV (Feng et al., <a href="https://arxiv.org/abs/2407.11550">arXiv 2407.11550</a>), a wrapper: the heads of a layer
 * compete for its budget with the scores of another policy, each sure of a part of its own share, see {@link HeadPool}.
 *
 * <p>Limits: scores of different heads must be comparable, as attention is; ranks and lengths of keys hardly are.
 *
 * @param base whose scores, shares of layers, folds and keeping are used
 * @param floor part of its even share that a head is sure of, 0 to 1
 */
@Paper(
        keeps = "as its base, but heads compete within their layer",
        title = "Ada-KV",
        arxiv = "2407.11550",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record AdaKv(
        ScoredPolicy base, @Allowed("a number from 0 to 1") double floor) implements ScoredPolicy {

    public AdaKv {
        Objects.requireNonNull(base, "base");
        Limits.require(floor >= 0 && floor <= 1, "floor", floor, "from 0 to 1");
    }

    /** Over SnapKV, each head sure of a fifth. */
    public static AdaKv defaults() {
        return new AdaKv(SnapKv.defaults(), 0.2);
    }

    public AdaKv withBase(ScoredPolicy newBase) {
        return new AdaKv(newBase, floor);
    }

    public AdaKv withFloor(double newFloor) {
        return new AdaKv(base, newFloor);
    }

    @Override
    public String name() {
        return "adakv";
    }

    @Override
    public Keeping keeping() {
        return base.keeping();
    }

    @Override
    public Scorer scorer() {
        return base.scorer();
    }

    @Override
    public Allocator allocator() {
        return new HeadPool(base.allocator(), floor);
    }

    @Override
    public Segments segments() {
        return base.segments();
    }

    @Override
    public Reducer reducer() {
        return base.reducer();
    }
}
