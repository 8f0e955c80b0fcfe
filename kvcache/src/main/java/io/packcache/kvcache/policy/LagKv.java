package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.EqualPerFrame;
import io.packcache.kvcache.policy.score.LagSpread;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * LagKV (Liang et al., <a href="https://arxiv.org/abs/2504.04704">arXiv 2504.04704</a>): tokens are judged by how unevenly
 * their channels lie within the range that the following segment spans, see {@link LagSpread}; each segment keeps equally
 * many. Needs no attention.
 *
 * <p>Limits: a segment is a frame instead of 128 tokens. A thinned frame is judged by what is left of its successor.
 *
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "of each frame equally many, judged by the next frame",
        title = "LagKV",
        arxiv = "2504.04704",
        evidence = "rule read in kvpress, a third party's code; frames as segments are ours")
public record LagKv(Keeping keeping) implements ScoredPolicy {

    public LagKv {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static LagKv defaults() {
        return new LagKv(Keeping.defaults());
    }

    public LagKv withKeeping(Keeping newKeeping) {
        return new LagKv(newKeeping);
    }

    @Override
    public String name() {
        return "lagkv";
    }

    @Override
    public Scorer scorer() {
        return new EqualPerFrame(new LagSpread());
    }
}
