package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Which positions the frames that stay have from then on. */
public enum PositionMode {
    /** Original positions: gaps in time stay, positions grow with the video. */
    KEEP,
    /** Gaps in time are closed: kept frames take the slots 0, 1, 2, ..., so positions never leave the trained range. */
    REBASE;

    /**
     * Builds the plan from what stays of each frame.
     *
     * @param stays what becomes of a frame, its slot being what it is now, or null if the frame leaves with its markers
     */
    CompactionPlan plan(CacheView view, int textQuota, Function<FrameView, FramePlan> stays) {
        return plan(view.frames(), textQuota, stays);
    }

    /** The same of some of the frames known, in time order. */
    CompactionPlan plan(List<FrameView> known, int textQuota, Function<FrameView, FramePlan> stays) {
        List<FramePlan> frames = new ArrayList<>();
        long nextSlot = 0;
        for (FrameView frame : known) {
            FramePlan plan = stays.apply(frame);
            if (plan != null) {
                long slot = this == REBASE ? frames.size() : frame.slot();
                frames.add(new FramePlan(plan.frame(), slot, plan.kept(), plan.folds(), plan.encoding()));
            }
            nextSlot = this == REBASE ? frames.size() : frame.slot() + 1;
        }
        return new CompactionPlan(textQuota, frames, nextSlot);
    }
}
