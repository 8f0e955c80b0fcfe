package io.packcache.kvcache.plan;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Refuses a plan that does not fit a cache, before anything is touched. */
final class PlanCheck {

    private PlanCheck() {}

    static void check(CompactionPlan plan, CacheView view) {
        if (plan.textQuota() < 1) {
            throw new InvalidPlanException("a plan keeps at least 1 text token, this one keeps " + plan.textQuota());
        }
        Map<Long, FrameView> held = new HashMap<>();
        view.frames().forEach(frame -> held.put(frame.frame(), frame));
        FramePlan previous = null;
        for (FramePlan planned : plan.frames()) {
            checkOrder(previous, planned);
            checkContent(planned, held.remove(planned.frame()));
            previous = planned;
        }
        for (FrameView left : held.values()) {
            if (left.condition()) {
                throw new InvalidPlanException(
                        "conditioning frame " + left.frame() + " must stay, the plan leaves it out");
            }
        }
        if (plan.nextSlot() <= (previous == null ? -1 : previous.slot())) {
            throw new InvalidPlanException(
                    "the next frame cannot go to slot " + plan.nextSlot() + "; the newest kept frame"
                            + (previous == null ? "s end at slot -1" : " stands at slot " + previous.slot()));
        }
    }

    private static void checkOrder(FramePlan previous, FramePlan planned) {
        if (planned.slot() < 0) {
            throw new InvalidPlanException("frame " + planned.frame() + " cannot stand at slot " + planned.slot());
        }
        if (previous != null && (planned.frame() <= previous.frame() || planned.slot() <= previous.slot())) {
            throw new InvalidPlanException("frame " + planned.frame() + " at slot " + planned.slot()
                    + " cannot follow frame " + previous.frame() + " at slot " + previous.slot());
        }
    }

    private static void checkContent(FramePlan planned, FrameView held) {
        if (held == null) {
            throw new InvalidPlanException(
                    "the plan keeps frame " + planned.frame() + ", which the cache does not hold");
        }
        BitSet missing = (BitSet) planned.kept().union().clone();
        missing.andNot(held.held().union());
        if (!missing.isEmpty()) {
            throw new InvalidPlanException("the plan keeps token " + missing.nextSetBit(0) + " of frame "
                    + planned.frame() + ", which the cache does not hold");
        }
        if (held.condition() && planned.kept().isEmpty()) {
            throw new InvalidPlanException("conditioning frame " + planned.frame() + " must keep at least 1 token");
        }
    }
}
