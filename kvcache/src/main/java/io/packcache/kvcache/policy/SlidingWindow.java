package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The baseline every policy is compared with: the newest frames stay whole, older ones leave whole; text and conditioning
 * frames stay. Under a tighter budget fewer frames stay; the newest is thinned if it does not fit alone.
 *
 * @param window generated frames that stay, at least 1
 * @param positions what happens to the gap that leaving frames make
 */
public record SlidingWindow(int window, PositionMode positions) implements CompactionPolicy {

    public SlidingWindow {
        Limits.window(window);
        Objects.requireNonNull(positions, "positions");
    }

    /** Four frames, gaps closed: the reach of the default PackCache. */
    public static SlidingWindow defaults() {
        return new SlidingWindow(4, PositionMode.REBASE);
    }

    public SlidingWindow withWindow(int newWindow) {
        return new SlidingWindow(newWindow, positions);
    }

    public SlidingWindow withPositions(PositionMode newPositions) {
        return new SlidingWindow(window, newPositions);
    }

    @Override
    public String name() {
        return "window";
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        Map<Long, BitSet> kept = new HashMap<>();
        List<FrameView> history = view.historyNewestFirst();
        long left = budget.historyTokens();
        for (FrameView frame : history.subList(0, Math.min(window, history.size()))) {
            BitSet content = frame.held().union();
            int held = content.cardinality();
            if (held > left && !kept.isEmpty()) {
                break;
            }
            kept.put(frame.frame(), EvenCover.thin(view.grid(), content, (int) Math.min(held, left)));
            left -= Math.min(held, left);
        }
        return positions.plan(
                view,
                CompactionPlan.ALL_TEXT,
                frame -> frame.condition() ? frame.held().union() : kept.get(frame.frame()));
    }
}
