package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.OutputPerturbation;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import java.util.Objects;

/**
 * CriticalKV (Feng et al., <a href="https://arxiv.org/abs/2502.03805">arXiv 2502.03805</a>), a wrapper: half of the budget by
 * the scores of another policy, the rest by those scores times what the value weighs behind the output projection, see
 * {@link OutputPerturbation}.
 *
 * <p>Limits: heads of a group share a KV head but not the projection; their weights are averaged. Scores that may be negative
 * are shifted to begin at 0, where the paper assumes attention.
 *
 * @param base whose scores, shares, folds and keeping are used
 * @param first share of the budget that goes by the base scores alone, 0 to 1
 */
@Paper(
        keeps = "as its base, then what weighs most in the output",
        title = "CriticalKV",
        arxiv = "2502.03805",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record CriticalKv(
        ScoredPolicy base, @Allowed("a number from 0 to 1") double first) implements ScoredPolicy {

    public CriticalKv {
        Objects.requireNonNull(base, "base");
        Limits.require(first >= 0 && first <= 1, "first", first, "from 0 to 1");
    }

    /** Over SnapKV, one half each. */
    public static CriticalKv defaults() {
        return new CriticalKv(SnapKv.defaults(), 0.5);
    }

    public CriticalKv withBase(ScoredPolicy newBase) {
        return new CriticalKv(newBase, first);
    }

    public CriticalKv withFirst(double newFirst) {
        return new CriticalKv(base, newFirst);
    }

    @Override
    public String name() {
        return "criticalkv";
    }

    @Override
    public Keeping keeping() {
        return base.keeping();
    }

    @Override
    public Scorer scorer() {
        return new OutputPerturbation(base.scorer(), first);
    }

    @Override
    public Allocator allocator() {
        return base.allocator();
    }

    @Override
    public Reducer reducer() {
        return base.reducer();
    }
}
