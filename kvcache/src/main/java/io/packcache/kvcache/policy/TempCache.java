package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.fold.Correspondence;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Standing;
import io.packcache.kvcache.policy.share.Allocator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * TempCache (<a href="https://arxiv.org/abs/2602.01801">arXiv 2602.01801</a>), made for autoregressive video: a token that
 * continues one of an earlier frame takes it over, see {@link Correspondence}. The slot keeps the newer key, the mean value,
 * and a multiplicity m whose logarithm attention adds to its logit; where the keys are the same nothing is lost at all.
 * Beyond the budget the slots that stand for least leave, the oldest first.
 *
 * <p>Equal keys may have any values, nearly equal ones may not: what the fold gets wrong grows with the difference of the
 * values and with m. So values must agree, too. In models that normalise keys per head, keys alone say little: they share a
 * large common part, and in the demo model 43 % of random pairs of tokens have keys with a cosine above 0.9.
 *
 * <p>Limits: keys are compared un-rotated while attention sees them rotated, so "the same" holds up to the distance in time;
 * nearest keys are sought at the same place and around it, not by an approximate search over all; the paper's sparse reads
 * (AnnCA, AnnSA) are left out. A video that stands still folds into one frame, and counts like many.
 *
 * @param threshold least cosine of two keys that are one, -1 to 1
 * @param valueThreshold least cosine of their values, -1 to 1; -1 asks nothing of them
 * @param radius places to either side at which the same key is sought, at least 0
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "one slot for tokens that continue each other",
        title = "TempCache",
        arxiv = "2602.01801",
        evidence = "summaries of the paper and the exact identity; thresholds are ours")
public record TempCache(
        @Allowed("a number from -1 to 1") double threshold,
        @Allowed("a number from -1 to 1") double valueThreshold,
        @Allowed("a whole number, at least 0") int radius,
        Keeping keeping)
        implements CompactionPolicy {

    public TempCache {
        Limits.require(threshold >= -1 && threshold <= 1, "threshold", threshold, "from -1 to 1");
        Limits.require(valueThreshold >= -1 && valueThreshold <= 1, "valueThreshold", valueThreshold, "from -1 to 1");
        Limits.require(radius >= 0, "radius", radius, "at least 0");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Cosines of 0.97, one place around. */
    public static TempCache defaults() {
        return new TempCache(0.97, 0.97, 1, Keeping.defaults());
    }

    public TempCache withThreshold(double newThreshold) {
        return new TempCache(newThreshold, valueThreshold, radius, keeping);
    }

    public TempCache withValueThreshold(double newThreshold) {
        return new TempCache(threshold, newThreshold, radius, keeping);
    }

    public TempCache withRadius(int newRadius) {
        return new TempCache(threshold, valueThreshold, newRadius, keeping);
    }

    public TempCache withKeeping(Keeping newKeeping) {
        return new TempCache(threshold, valueThreshold, radius, newKeeping);
    }

    @Override
    public String name() {
        return "tempcache";
    }

    @Override
    public Set<Signal> signals() {
        return Correspondence.signals();
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        List<FrameView> frames = Candidates.within(view, keeping.window());
        List<Fold> folds = new ArrayList<>();
        if (frames.size() > 1) {
            float most = (float) keeping.window() * view.grid().contentLength();
            Correspondence same = new Correspondence(threshold, valueThreshold, radius, most);
            Cell.all(view, frames, 1, 0).forEach(cell -> folds.addAll(same.folds(cell, known(cell))));
        }
        FoldedAway folded = new FoldedAway(view, folds);
        Kept kept =
                new Thinning(view, budget, keeping, folded::left).kept(new Standing(), Allocator.EVEN, Reducer.DROP);
        folds.forEach(kept::add);
        return kept.plan(keeping.positions(), CompactionPlan.ALL_TEXT);
    }

    private BitSet known(Cell cell) {
        BitSet known = new BitSet();
        for (int i = 0; i < cell.frames(); i++) {
            FrameView frame = cell.frame(i);
            BitSet content =
                    Candidates.known(frame, frame.held(), keeping.dropMasked()).at(cell.layer(), cell.head());
            cell.tokensIn(i, content).forEach(known::set);
        }
        return known;
    }
}
