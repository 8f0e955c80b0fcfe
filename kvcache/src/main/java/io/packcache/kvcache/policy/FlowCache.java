package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.ImportanceRedundancy;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * FlowCache (<a href="https://arxiv.org/abs/2602.10825">arXiv 2602.10825</a>), the KV half of it: importance less redundancy,
 * see {@link ImportanceRedundancy}.
 *
 * <p>Limits: chosen by token; the variants by frame or chunk and the optional weight by age are left out. The paper's larger
 * gains come from reusing features between steps, which is no cache policy.
 *
 * @param mixLambda weight of importance against redundancy
 * @param kernel tokens over which importance takes the highest, odd
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens attended to, less those that repeat others",
        title = "FlowCache (its KV half)",
        arxiv = "2602.10825",
        evidence = "rule read in the authors' code")
public record FlowCache(
        @Allowed("a number from 0 to 1") double mixLambda,
        @Allowed("a whole number, odd and at least 1") int kernel,
        Keeping keeping)
        implements ScoredPolicy {

    public FlowCache {
        Limits.odd("kernel", kernel);
        Limits.require(mixLambda >= 0 && mixLambda <= 1, "mixLambda", mixLambda, "from 0 to 1");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Importance 0.07, highest over seven tokens. */
    public static FlowCache defaults() {
        return new FlowCache(0.07, 7, Keeping.defaults());
    }

    public FlowCache withMixLambda(double newMixLambda) {
        return new FlowCache(newMixLambda, kernel, keeping);
    }

    public FlowCache withKernel(int newKernel) {
        return new FlowCache(mixLambda, newKernel, keeping);
    }

    public FlowCache withKeeping(Keeping newKeeping) {
        return new FlowCache(mixLambda, kernel, newKeeping);
    }

    @Override
    public String name() {
        return "flowcache";
    }

    @Override
    public Scorer scorer() {
        return new ImportanceRedundancy(mixLambda, kernel);
    }
}
