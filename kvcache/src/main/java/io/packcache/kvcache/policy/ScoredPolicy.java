package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.Segments;
import java.util.EnumSet;
import java.util.Set;

/**
 * A policy made of four answers: what is not up to scores, which tokens matter, how much each layer and head may keep,
 * and what becomes of the losers. In every cell the highest-scored tokens stay, real rows of it, nothing is masked.
 */
public interface ScoredPolicy extends CompactionPolicy {

    /** What is not up to scores. */
    Keeping keeping();

    /** Which tokens matter. */
    Scorer scorer();

    /** How much each layer and head may keep; the same unless a policy says otherwise. */
    default Allocator allocator() {
        return Allocator.EVEN;
    }

    /** What becomes of the losers; they leave unless a policy says otherwise. */
    default Reducer reducer() {
        return Reducer.DROP;
    }

    /** Which tokens stay or leave together; each for itself unless a policy says otherwise. */
    default Segments segments() {
        return Segments.NONE;
    }

    @Override
    default Set<Signal> signals() {
        Set<Signal> signals = EnumSet.noneOf(Signal.class);
        signals.addAll(scorer().signals());
        signals.addAll(allocator().signals());
        signals.addAll(reducer().signals());
        return signals;
    }

    @Override
    default CompactionPlan plan(CacheView view, Budget budget) {
        return Thinning.plan(view, budget, keeping(), scorer(), allocator(), reducer(), segments());
    }
}
