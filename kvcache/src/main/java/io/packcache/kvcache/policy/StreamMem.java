package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.fold.Prototype;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.CentreFirst;
import io.packcache.kvcache.policy.score.EqualPerFrame;
import io.packcache.kvcache.policy.score.HeadMean;
import io.packcache.kvcache.policy.score.ProbeAttention;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * StreamMem (Yang et al., <a href="https://arxiv.org/abs/2508.15717">arXiv 2508.15717</a>): each frame keeps the tokens that
 * a proxy query attends to most, by layer, and one prototype that stands for the others, see {@link Prototype}.
 *
 * <p>Limits: the paper's proxy queries are those of a chat template; here they are the newest frame's probes. The
 * prototype stands at the picture's centre, is the mean of what leaves (not of the whole frame), and counts as one of the
 * frame's tokens. The paper's filter of repeated input frames has no meaning where frames are generated.
 *
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "of each frame equally many, and one slot for all the rest",
        title = "StreamMem",
        arxiv = "2508.15717",
        evidence = "summaries of the paper only; prototype position and multiplicity are ours")
public record StreamMem(Keeping keeping) implements ScoredPolicy {

    public StreamMem {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static StreamMem defaults() {
        return new StreamMem(Keeping.defaults());
    }

    public StreamMem withKeeping(Keeping newKeeping) {
        return new StreamMem(newKeeping);
    }

    @Override
    public String name() {
        return "streammem";
    }

    @Override
    public Scorer scorer() {
        return new EqualPerFrame(new CentreFirst(attention()));
    }

    @Override
    public Reducer reducer() {
        return new Prototype(attention());
    }

    private static Scorer attention() {
        return new HeadMean(ProbeAttention.mean(1), 0);
    }
}
