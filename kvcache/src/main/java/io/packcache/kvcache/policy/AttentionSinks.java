package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * StreamingLLM (Xiao et al., <a href="https://arxiv.org/abs/2309.17453">arXiv 2309.17453</a>): the first tokens, which draw
 * attention whatever they say, and the newest ones. With {@link PositionMode#REBASE} keys are re-numbered as the paper
 * does, so positions never grow.
 *
 * <p>Limits: text and conditioning frames are anchors, so the very first tokens stay under every policy; the sinks here are
 * the first content tokens of the oldest generated frame, on top of them. Under a tighter budget the newest frame comes
 * first, then the sinks, then the rest of the window.
 *
 * @param sinks content tokens of the oldest generated frame that stay, at least 0
 * @param window newest generated frames that stay, at least 1
 * @param positions what happens to the gap that leaving frames make
 */
@Paper(
        keeps = "the first tokens and the newest frames",
        title = "StreamingLLM",
        arxiv = "2309.17453",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record AttentionSinks(
        @Allowed("a whole number, at least 0") int sinks, int window, PositionMode positions)
        implements CompactionPolicy {

    public AttentionSinks {
        Limits.require(sinks >= 0, "sinks", sinks, "at least 0 tokens");
        Limits.window(window);
        Objects.requireNonNull(positions, "positions");
    }

    /** Four sinks, two frames (as much as PackCache keeps by default), gaps closed. */
    public static AttentionSinks defaults() {
        return new AttentionSinks(4, 2, PositionMode.REBASE);
    }

    public AttentionSinks withSinks(int newSinks) {
        return new AttentionSinks(newSinks, window, positions);
    }

    public AttentionSinks withWindow(int newWindow) {
        return new AttentionSinks(sinks, newWindow, positions);
    }

    public AttentionSinks withPositions(PositionMode newPositions) {
        return new AttentionSinks(sinks, window, newPositions);
    }

    @Override
    public String name() {
        return "sinks";
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        List<FrameView> history = view.historyNewestFirst();
        Kept kept = new Kept(view);
        long left = budget.historyTokens();
        if (history.size() > window) {
            FrameView oldest = history.get(history.size() - 1);
            long newest = history.get(0).held().union().cardinality();
            int room = (int) Math.min(sinks, Math.max(0, budget.historyTokens() - newest));
            kept.put(oldest, oldest.held().map(held -> first(held, room)));
            left -= room;
        }
        SlidingWindow.keepNewest(view, kept, window, left);
        return kept.plan(positions, CompactionPlan.ALL_TEXT);
    }

    private static BitSet first(BitSet held, int count) {
        BitSet first = new BitSet();
        held.stream().limit(count).forEach(first::set);
        return first;
    }
}
