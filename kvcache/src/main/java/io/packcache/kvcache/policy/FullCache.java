package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;

/** Keeps everything: the reference that other policies are compared with. Cost and memory grow with the video. */
@Paper(keeps = "everything, the reference", title = "no paper", evidence = "defined here")
public record FullCache() implements CompactionPolicy {

    /** It has no settings. */
    public static FullCache defaults() {
        return new FullCache();
    }

    @Override
    public String name() {
        return "full";
    }

    /** @throws IllegalArgumentException if the history does not fit the budget, for this policy drops nothing */
    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        long held = view.historyTokens();
        if (held > budget.historyTokens()) {
            throw new IllegalArgumentException("the full cache keeps all " + held
                    + " history tokens, over the budget of " + budget.historyTokens() + "; choose packcache or window");
        }
        return PositionMode.KEEP.plan(
                view, CompactionPlan.ALL_TEXT, frame -> new FramePlan(frame.frame(), frame.slot(), frame.held()));
    }
}
