package io.packcache.examples.lab;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.Encoded;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.HistoryBudget;
import io.packcache.kvcache.policy.MiniCache;

/** How much history a policy may keep in a comparison, beyond what it allows itself. */
public interface Allowance {

    /** Each policy as its own settings have it. */
    Allowance OWN = (policy, view) -> Budget.unlimited();

    /** The budget of the next compaction. */
    Budget of(CompactionPolicy policy, CacheView view);

    /** The same for all, but for the full cache, which is the reference and drops nothing. */
    static Allowance equal(HistoryBudget budget) {
        return (policy, view) -> dropsNothing(policy) ? Budget.unlimited() : new Budget(budget.tokens(view, true));
    }

    private static boolean dropsNothing(CompactionPolicy policy) {
        return policy instanceof FullCache
                || (policy instanceof Encoded encoded && dropsNothing(encoded.base()))
                || (policy instanceof MiniCache paired && dropsNothing(paired.base()));
    }
}
