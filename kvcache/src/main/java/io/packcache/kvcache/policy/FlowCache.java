package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.ImportanceRedundancy;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.score.SegmentMean;
import io.packcache.kvcache.policy.share.Segments;
import java.util.Objects;

/**
 * FlowCache (<a href="https://arxiv.org/abs/2602.10825">arXiv 2602.10825</a>), the KV half of it: importance less redundancy,
 * see {@link ImportanceRedundancy}.
 *
 * <p>By frame or by chunk the highest mean scores stay whole, as many as fit; what does not fit whole leaves. A chunk whose
 * last frame has not been generated yet stays, as in the paper. Each layer and head chooses for itself.
 *
 * <p>Limits: the optional weight by age is left out. The paper's larger gains come from reusing features between steps, which
 * is no cache policy.
 *
 * @param mixLambda weight of importance against redundancy
 * @param kernel tokens over which importance takes the highest, odd
 * @param granularity what stays or leaves as one
 * @param chunk latent frames in a chunk, at least 1; counts by chunk only
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
        Granularity granularity,
        int chunk,
        Keeping keeping)
        implements ScoredPolicy {

    public FlowCache {
        Limits.odd("kernel", kernel);
        Limits.require(mixLambda >= 0 && mixLambda <= 1, "mixLambda", mixLambda, "from 0 to 1");
        Limits.require(chunk >= 1, "chunk", chunk, "at least 1 frame");
        Objects.requireNonNull(granularity, "granularity");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Importance 0.07, highest over seven tokens, by token; chunks of two frames. */
    public static FlowCache defaults() {
        return new FlowCache(0.07, 7, Granularity.TOKEN, 2, Keeping.defaults());
    }

    public FlowCache withMixLambda(double newMixLambda) {
        return new FlowCache(newMixLambda, kernel, granularity, chunk, keeping);
    }

    public FlowCache withKernel(int newKernel) {
        return new FlowCache(mixLambda, newKernel, granularity, chunk, keeping);
    }

    public FlowCache withGranularity(Granularity newGranularity) {
        return new FlowCache(mixLambda, kernel, newGranularity, chunk, keeping);
    }

    public FlowCache withChunk(int newChunk) {
        return new FlowCache(mixLambda, kernel, granularity, newChunk, keeping);
    }

    public FlowCache withKeeping(Keeping newKeeping) {
        return new FlowCache(mixLambda, kernel, granularity, chunk, newKeeping);
    }

    @Override
    public String name() {
        return "flowcache";
    }

    @Override
    public Scorer scorer() {
        Scorer tokens = new ImportanceRedundancy(mixLambda, kernel);
        return granularity == Granularity.TOKEN ? tokens : new SegmentMean(tokens, segments());
    }

    @Override
    public Segments segments() {
        return switch (granularity) {
            case TOKEN -> Segments.NONE;
            case FRAME -> new Segments(1);
            case CHUNK -> new Segments(chunk);
        };
    }
}
