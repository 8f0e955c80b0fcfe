package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.fold.NearestSurvivor;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.ObservedMass;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.AttentionDensity;
import java.util.Objects;

/**
 * D2O (Wan et al., <a href="https://arxiv.org/abs/2406.13035">arXiv 2406.13035</a>): tokens that drew most attention stay;
 * a loser whose key is like a survivor's becomes part of it, see {@link NearestSurvivor}; layers with dense attention keep
 * more, see {@link AttentionDensity}.
 *
 * <p>Limits: the paper exempts the first two layers and the last from eviction altogether, which a hard bound forbids: they
 * get the highest share. Its threshold remembers all steps; here it moves over the frames of one compaction. Keys are
 * folded un-rotated.
 *
 * @param alpha weight of the old threshold against the newest mean similarity
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "heavy hitters; losers fold into similar survivors",
        title = "D2O",
        arxiv = "2406.13035",
        evidence = "rule read in the authors' code; weights as the paper has them")
public record D2o(@Allowed("a number from 0 to 1") double alpha, Keeping keeping) implements ScoredPolicy {

    public D2o {
        Limits.require(alpha >= 0 && alpha <= 1, "alpha", alpha, "from 0 to 1");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The threshold moves by halves. */
    public static D2o defaults() {
        return new D2o(0.5, Keeping.defaults());
    }

    public D2o withAlpha(double newAlpha) {
        return new D2o(newAlpha, keeping);
    }

    public D2o withKeeping(Keeping newKeeping) {
        return new D2o(alpha, newKeeping);
    }

    @Override
    public String name() {
        return "d2o";
    }

    @Override
    public Scorer scorer() {
        return new ObservedMass();
    }

    @Override
    public Allocator allocator() {
        return new AttentionDensity();
    }

    @Override
    public Reducer reducer() {
        return new NearestSurvivor(alpha);
    }
}
