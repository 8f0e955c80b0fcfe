package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.HeadMean;
import io.packcache.kvcache.policy.score.HighestProbe;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.CompositeRanks;
import java.util.Objects;

/**
 * KVCompose (Akulov et al., <a href="https://arxiv.org/abs/2509.05165">arXiv 2509.05165</a>): each head orders its tokens by
 * the highest attention a query pays them, plus the mean over heads; slots composed of the heads' r-th best compete over
 * all layers, see {@link CompositeRanks}. So heads keep different tokens but a layer stays rectangular.
 *
 * <p>Limits: queries are the newest frame's probes; the optional factor of value length is left out.
 *
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "each head its own, equally many in a layer, layers compete",
        title = "KVCompose",
        arxiv = "2509.05165",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record KvCompose(Keeping keeping) implements ScoredPolicy {

    public KvCompose {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static KvCompose defaults() {
        return new KvCompose(Keeping.defaults());
    }

    public KvCompose withKeeping(Keeping newKeeping) {
        return new KvCompose(newKeeping);
    }

    @Override
    public String name() {
        return "kvcompose";
    }

    @Override
    public Scorer scorer() {
        return new HeadMean(new HighestProbe(), 1);
    }

    @Override
    public Allocator allocator() {
        return new CompositeRanks();
    }
}
