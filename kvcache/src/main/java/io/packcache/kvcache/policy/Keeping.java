package io.packcache.kvcache.policy;

import java.util.Objects;

/**
 * What every policy that scores tokens is told: how much of the history may stay, and what is not up to the scores.
 *
 * <p>Text and conditioning frames are anchors and never compete. Newest frames are kept whole, as far as the budget goes,
 * so that motion can be seen. Frames beyond the window leave whatever their scores: without that bound a single token could
 * hold its frame's markers, and its place on the time axis, for ever.
 *
 * @param historyBudget content tokens of all generated frames together; where heads keep different ones, their mean
 * @param recent newest frames that never compete, at least 0
 * @param window generated frames within reach, at least 1 and at least {@code recent}
 * @param dropMasked whether entries stored as MASK leave once the budget is reached
 * @param positions what happens to the gap that leaving frames make
 */
public record Keeping(
        HistoryBudget historyBudget,
        @Allowed("a whole number, at least 0") int recent,

        @Allowed("a whole number, at least 1 and at least recent")
        int window,

        boolean dropMasked,
        PositionMode positions) {

    public Keeping {
        Objects.requireNonNull(historyBudget, "historyBudget");
        Objects.requireNonNull(positions, "positions");
        Limits.require(recent >= 0, "recent", recent, "at least 0 frames");
        Limits.window(window);
        Limits.require(window >= recent, "window", window, "at least recent, which is " + recent);
    }

    /** As much as PackCache keeps by default, the newest frame whole, a reach of eight frames, gaps closed. */
    public static Keeping defaults() {
        return new Keeping(new HistoryBudget.Auto(), 1, 8, true, PositionMode.REBASE);
    }

    public Keeping withHistoryBudget(HistoryBudget newBudget) {
        return new Keeping(newBudget, recent, window, dropMasked, positions);
    }

    public Keeping withRecent(int newRecent) {
        return new Keeping(historyBudget, newRecent, window, dropMasked, positions);
    }

    public Keeping withWindow(int newWindow) {
        return new Keeping(historyBudget, recent, newWindow, dropMasked, positions);
    }

    public Keeping withDropMasked(boolean newDropMasked) {
        return new Keeping(historyBudget, recent, window, newDropMasked, positions);
    }

    public Keeping withPositions(PositionMode newPositions) {
        return new Keeping(historyBudget, recent, window, dropMasked, newPositions);
    }
}
