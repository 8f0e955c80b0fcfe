package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.HighestProbe;
import io.packcache.kvcache.policy.score.ProbeAttention;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.HeadClasses;
import io.packcache.kvcache.policy.share.Segments;
import java.util.Objects;
import java.util.Set;

/**
 * HACK (Qin et al., <a href="https://arxiv.org/abs/2504.09261">arXiv 2504.09261</a>), made for visual autoregression: heads
 * are contextual or structural, see {@link HeadClasses}. Contextual heads get little and keep the tokens that all queries
 * attend to; structural heads get more and keep what single queries need.
 *
 * <p>Limits: the paper sorts heads offline with a few prompts; here each compaction sorts them by the probes of the newest
 * frame, over all layers. Its structural heads sample by locality; here the newest frame stays whole and a token counts
 * by the highest attention of any probe.
 *
 * @param structural share of heads that are structural, 0 to 1
 * @param contextual what a contextual head keeps, relative to an even share, 0 to 1
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "few tokens in heads that look everywhere alike",
        title = "HACK",
        arxiv = "2504.09261",
        evidence = "the paper's summary; class shares and budgets are ours")
public record Hack(
        @Allowed("a number from 0 to 1") double structural,
        @Allowed("a number from 0 to 1") double contextual,
        Keeping keeping)
        implements CompactionPolicy {

    public Hack {
        Limits.require(structural >= 0 && structural <= 1, "structural", structural, "from 0 to 1");
        Limits.require(contextual >= 0 && contextual <= 1, "contextual", contextual, "from 0 to 1");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Half of the heads are structural; contextual ones keep half of an even share. */
    public static Hack defaults() {
        return new Hack(0.5, 0.5, Keeping.defaults());
    }

    public Hack withStructural(double newStructural) {
        return new Hack(newStructural, contextual, keeping);
    }

    public Hack withContextual(double newContextual) {
        return new Hack(structural, newContextual, keeping);
    }

    public Hack withKeeping(Keeping newKeeping) {
        return new Hack(structural, contextual, newKeeping);
    }

    @Override
    public String name() {
        return "hack";
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION);
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        HeadClasses classes =
                HeadClasses.of(Cell.all(view, Candidates.oldestFirst(view), 0, 0), structural, contextual);
        return Thinning.plan(view, budget, keeping, new ByClass(classes), classes, Reducer.DROP, Segments.NONE);
    }

    private record ByClass(HeadClasses classes) implements Scorer {

        @Override
        public Set<Signal> signals() {
            return Set.of(Signal.PROBE_ATTENTION);
        }

        @Override
        public float[] scores(Cell cell) {
            Scorer scorer = classes.structural(cell) ? new HighestProbe() : ProbeAttention.mean(1);
            return scorer.scores(cell);
        }
    }
}
