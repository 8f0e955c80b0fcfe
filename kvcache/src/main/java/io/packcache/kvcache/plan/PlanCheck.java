package io.packcache.kvcache.plan;

import io.packcache.kvcache.codec.LayerPairs;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Refuses a plan that does not fit a cache, before anything is touched. */
public final class PlanCheck {

    private final CacheView view;
    private final Map<Long, FrameView> held = new HashMap<>();
    private final Map<Long, FrameView> archive = new HashMap<>();
    private final Map<Long, FramePlan> planned = new HashMap<>();

    private PlanCheck(CompactionPlan plan, CacheView view) {
        this.view = view;
        view.frames().forEach(frame -> held.put(frame.frame(), frame));
        view.archive().forEach(frame -> archive.put(frame.frame(), frame));
        plan.frames().forEach(frame -> planned.put(frame.frame(), frame));
    }

    /**
     * Compares a plan with what a cache holds.
     *
     * @param archives whether the cache has an archive
     * @throws InvalidPlanException if the plan names what the cache does not hold, is out of order, empties a conditioning
     *     frame, folds what it should not, or archives where there is no archive
     */
    public static void check(CompactionPlan plan, CacheView view, boolean archives) {
        if (plan.textQuota() < 1) {
            throw new InvalidPlanException("a plan keeps at least 1 text token, this one keeps " + plan.textQuota());
        }
        PlanCheck check = new PlanCheck(plan, view);
        FramePlan previous = null;
        for (FramePlan frame : plan.frames()) {
            checkOrder(previous, frame);
            check.content(frame);
            check.folds(frame);
            check.pairs(frame);
            previous = frame;
        }
        check.conditions();
        plan.archive().stream().sorted().forEach(frame -> check.archived(frame, archives));
        if (plan.nextSlot() <= (previous == null ? -1 : previous.slot())) {
            throw new InvalidPlanException(
                    "the next frame cannot go to slot " + plan.nextSlot() + "; the newest kept frame"
                            + (previous == null ? "s end at slot -1" : " stands at slot " + previous.slot()));
        }
    }

    private void archived(long frame, boolean archives) {
        if (!archives) {
            throw new InvalidPlanException("the plan archives frame " + frame + ", and this cache has no archive");
        }
        FrameView known = held.getOrDefault(frame, archive.get(frame));
        if (known == null || known.condition()) {
            throw new InvalidPlanException("the plan archives frame " + frame + ", "
                    + (known == null
                            ? "which the cache does not hold"
                            : "which is a conditioning frame and always held"));
        }
    }

    private void conditions() {
        for (FrameView frame : view.frames()) {
            if (frame.condition() && !planned.containsKey(frame.frame())) {
                throw new InvalidPlanException(
                        "conditioning frame " + frame.frame() + " must stay, the plan leaves it out");
            }
        }
    }

    private static void checkOrder(FramePlan previous, FramePlan frame) {
        if (frame.slot() < 0) {
            throw new InvalidPlanException("frame " + frame.frame() + " cannot stand at slot " + frame.slot());
        }
        if (previous != null && (frame.frame() <= previous.frame() || frame.slot() <= previous.slot())) {
            throw new InvalidPlanException("frame " + frame.frame() + " at slot " + frame.slot()
                    + " cannot follow frame " + previous.frame() + " at slot " + previous.slot());
        }
    }

    private void content(FramePlan frame) {
        FrameView view = held.getOrDefault(frame.frame(), archive.get(frame.frame()));
        if (view == null) {
            throw new InvalidPlanException("the plan keeps frame " + frame.frame() + ", which the cache does not hold");
        }
        if (!frame.kept().fits(this.view.shape())) {
            throw new InvalidPlanException("the plan selects tokens of frame " + frame.frame()
                    + " for other layers and heads than " + this.view.shape() + " has");
        }
        BitSet missing = (BitSet) frame.kept().union().clone();
        missing.andNot(view.held().union());
        if (view.archived()) {
            missing.clear(0, this.view.grid().contentLength());
        }
        if (!missing.isEmpty()) {
            throw new InvalidPlanException("the plan keeps token " + missing.nextSetBit(0) + " of frame "
                    + frame.frame() + ", which the cache does not hold");
        }
        if (view.condition() && frame.kept().isEmpty()) {
            throw new InvalidPlanException("conditioning frame " + frame.frame() + " must keep at least 1 token");
        }
    }

    private void folds(FramePlan frame) {
        Set<String> targets = new HashSet<>();
        for (Fold fold : frame.folds()) {
            String where = " in layer " + fold.layer() + ", head " + fold.head();
            if (fold.layer() < 0
                    || fold.layer() >= view.shape().layers()
                    || fold.head() < 0
                    || fold.head() >= view.shape().kvHeads()) {
                throw new InvalidPlanException("the plan folds" + where + "; the cache has " + view.shape());
            }
            if (!held.containsKey(frame.frame()) || comesBack(frame)) {
                throw new InvalidPlanException("the plan folds into frame " + frame.frame() + where
                        + ", which comes back from the archive; only what is held may change");
            }
            if (fold.into().frame() != frame.frame() || !isHeld(fold, fold.into()) || !isKept(fold, fold.into())) {
                throw new InvalidPlanException("the plan of frame " + frame.frame() + " folds into " + fold.into()
                        + where + ", which it does not keep");
            }
            if (!targets.add(fold.into() + where)) {
                throw new InvalidPlanException("the plan folds into " + fold.into() + " twice" + where);
            }
            for (Token from : fold.from()) {
                if (!isHeld(fold, from) || isKept(fold, from)) {
                    throw new InvalidPlanException("the plan folds " + from + " into " + fold.into() + where
                            + "; it must be held and must not be kept");
                }
            }
        }
    }

    /** Layers that share directions share tokens. */
    private void pairs(FramePlan frame) {
        FrameView before = archive.getOrDefault(frame.frame(), held.get(frame.frame()));
        LayerPairs pairs = (frame.encoding().raw() ? before.encoding() : frame.encoding()).pairs();
        for (int layer = 0; pairs != null && layer < view.shape().layers(); layer++) {
            for (int head = 0;
                    head < view.shape().kvHeads()
                            && pairs.leads(layer, view.shape().layers());
                    head++) {
                if (!stays(frame, before, layer, head).equals(stays(frame, before, layer + 1, head))) {
                    throw new InvalidPlanException(
                            "the plan pairs layers " + layer + " and " + (layer + 1)
                                    + " of frame " + frame.frame() + ", head " + head
                                    + ", and keeps other tokens in one than in the other; layers that are paired keep the same");
                }
            }
        }
    }

    private static BitSet stays(FramePlan plan, FrameView before, int layer, int head) {
        BitSet stays = (BitSet) plan.kept().at(layer, head).clone();
        stays.and(before.held().at(layer, head));
        return stays;
    }

    /** Whether the plan keeps anything of the frame that only the archive has. */
    private boolean comesBack(FramePlan frame) {
        FrameView copy = archive.get(frame.frame());
        for (int cell = 0; copy != null && cell < view.shape().cells(); cell++) {
            int layer = cell / view.shape().kvHeads();
            int head = cell % view.shape().kvHeads();
            BitSet back = (BitSet) frame.kept().at(layer, head).clone();
            back.and(copy.held().at(layer, head));
            back.andNot(held.get(frame.frame()).held().at(layer, head));
            if (!back.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeld(Fold fold, Token token) {
        FrameView frame = held.get(token.frame());
        return frame != null && frame.held().at(fold.layer(), fold.head()).get(token.place());
    }

    private boolean isKept(Fold fold, Token token) {
        FramePlan frame = planned.get(token.frame());
        return frame != null && frame.kept().at(fold.layer(), fold.head()).get(token.place());
    }
}
