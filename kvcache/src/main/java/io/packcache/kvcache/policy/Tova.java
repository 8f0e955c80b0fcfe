package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.HeadMean;
import io.packcache.kvcache.policy.score.LastProbe;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * Token omission via attention (Oren et al., TOVA, <a href="https://arxiv.org/abs/2401.06104">arXiv 2401.06104</a>): of
 * each layer the tokens stay that the newest query attends to most, the mean over heads, so all heads of a layer keep the
 * same ones.
 *
 * <p>Limits: the paper drops one token a step; here a frame's worth leaves at once. A frame is decoded in parallel, so its
 * "newest query" is the last probe, near the lower right corner of the picture.
 *
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens the newest query attends to, by layer",
        title = "TOVA",
        arxiv = "2401.06104",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record Tova(Keeping keeping) implements ScoredPolicy {

    public Tova {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static Tova defaults() {
        return new Tova(Keeping.defaults());
    }

    public Tova withKeeping(Keeping newKeeping) {
        return new Tova(newKeeping);
    }

    @Override
    public String name() {
        return "tova";
    }

    @Override
    public Scorer scorer() {
        return new HeadMean(new LastProbe(), 0);
    }
}
