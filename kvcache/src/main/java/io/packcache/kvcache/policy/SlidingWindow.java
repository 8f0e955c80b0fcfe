package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import java.util.List;
import java.util.Objects;

/**
 * The baseline every policy is compared with: the newest frames stay whole, older ones leave whole; text and conditioning
 * frames stay. Under a tighter budget fewer frames stay; the newest is thinned if it does not fit alone.
 *
 * @param window generated frames that stay, at least 1
 * @param positions what happens to the gap that leaving frames make
 */
@Paper(keeps = "the newest frames", title = "sliding window, no paper", evidence = "defined here")
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
        Kept kept = new Kept(view);
        keepNewest(view, kept, window, budget.historyTokens());
        return kept.plan(positions, CompactionPlan.ALL_TEXT);
    }

    /** Keeps up to {@code window} of the newest frames whole, as many as {@code tokens} allow; the newest at least in part. */
    static void keepNewest(CacheView view, Kept kept, int window, long tokens) {
        List<FrameView> history = view.historyNewestFirst();
        long left = Math.min(tokens, (long) window * view.grid().contentLength())
                * view.shape().cells();
        for (int i = 0; i < Math.min(window, history.size()); i++) {
            FrameView frame = history.get(i);
            long held = frame.held().entries(view.shape());
            if (held > left && i > 0) {
                break;
            }
            int room = (int) (left / view.shape().cells());
            kept.put(
                    frame,
                    held <= left ? frame.held() : frame.held().map(all -> EvenCover.thin(view.grid(), all, room)));
            left -= Math.min(held, left);
        }
    }
}
