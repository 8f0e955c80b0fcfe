package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import java.util.Set;

/**
 * Decides what a cache keeps after a frame was committed.
 *
 * <p>A policy is a pure function: the same view and budget give the same plan, nothing is remembered between calls, and
 * it never sees storage. Plans name tokens by what they are, so one plan serves both guidance branches, every layer and
 * every backend.
 */
public interface CompactionPolicy {

    /** Preset name, as used on the command line and in JSON: {@code packcache}, {@code window}, {@code full}. */
    String name();

    /** What {@link #plan} must find in the view; nothing unless a policy says otherwise. */
    default Set<Signal> signals() {
        return Set.of();
    }

    /** Tiers that {@link #plan} moves frames into; none unless a policy says otherwise. */
    default TierSettings tiers() {
        return TierSettings.NONE;
    }

    /**
     * Plans the next compaction.
     *
     * @param view what the cache holds, newest frame included
     * @param budget upper bound for all history tokens together, on top of the policy's own settings
     */
    CompactionPlan plan(CacheView view, Budget budget);
}
