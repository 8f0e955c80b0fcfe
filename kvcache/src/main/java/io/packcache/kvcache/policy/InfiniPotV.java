package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.RedundancyThenValue;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * InfiniPot-V (Kim et al., <a href="https://arxiv.org/abs/2506.15745">arXiv 2506.15745</a>), made for video understanding
 * under a hard cap: half of the budget goes to tokens whose keys differ from those at the same place of the newest frames,
 * the other half to the longest values, see {@link RedundancyThenValue}. Needs no attention.
 *
 * <p>Limits: keys are compared un-rotated; where the newest frames no longer hold a place, a token counts as unrelated.
 *
 * @param queryRatio share of frames that are compared with, as newest, above 0, at most 1
 * @param tarRatio share of the budget that goes to the newest frames and the least redundant tokens
 * @param pooled whether value lengths are averaged over neighbours
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens that do not repeat in time, and long values",
        title = "InfiniPot-V",
        arxiv = "2506.15745",
        evidence = "rule read in the authors' code; its use in generation is ours")
public record InfiniPotV(
        @Allowed("a number above 0 and at most 1") double queryRatio,
        @Allowed("a number from 0 to 1") double tarRatio,
        boolean pooled,
        Keeping keeping)
        implements ScoredPolicy {

    public InfiniPotV {
        Limits.require(queryRatio > 0 && queryRatio <= 1, "queryRatio", queryRatio, "above 0 and at most 1");
        Limits.require(tarRatio >= 0 && tarRatio <= 1, "tarRatio", tarRatio, "from 0 to 1");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** A quarter of the frames, half of the budget, averaged. */
    public static InfiniPotV defaults() {
        return new InfiniPotV(0.25, 0.5, true, Keeping.defaults());
    }

    public InfiniPotV withQueryRatio(double newQueryRatio) {
        return new InfiniPotV(newQueryRatio, tarRatio, pooled, keeping);
    }

    public InfiniPotV withTarRatio(double newTarRatio) {
        return new InfiniPotV(queryRatio, newTarRatio, pooled, keeping);
    }

    public InfiniPotV withPooled(boolean newPooled) {
        return new InfiniPotV(queryRatio, tarRatio, newPooled, keeping);
    }

    public InfiniPotV withKeeping(Keeping newKeeping) {
        return new InfiniPotV(queryRatio, tarRatio, pooled, newKeeping);
    }

    @Override
    public String name() {
        return "infinipot-v";
    }

    @Override
    public Scorer scorer() {
        return new RedundancyThenValue(queryRatio, tarRatio, pooled);
    }
}
