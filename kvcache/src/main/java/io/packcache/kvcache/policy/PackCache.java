package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * PackCache (Li, Shah, Shang, arXiv 2601.04359): text and conditioning frames are anchors; generated frames share a fixed
 * number of tokens that falls geometrically with their distance in time.
 *
 * <p>Fill: while fewer than {@code window} frames are held they stay as they are. Pack: from then on masked entries leave
 * and frame d keeps {@code rho^min(d, window - 1)} of the budget, normalised, see {@link FrameShares}. Slide: frames beyond
 * the window leave. What stays of a frame is an even cover, see {@link EvenCover} and {@link WithinFrame}; a frame whose share is empty stands by
 * its markers alone until it slides out. A tighter {@link Budget} packs earlier and smaller.
 *
 * <p>The paper leaves open which tokens of a frame stay and what its quotas are; cover, quotas and
 * {@code newestWhole} are choices of ours.
 *
 * @param gammaText text tokens that stay, at least 1; {@link #WHOLE} for all
 * @param gammaCondition content tokens that stay of each conditioning frame, at least 1; {@link #WHOLE} for all
 * @param rho decay of the share from frame to frame, above 0, at most 1
 * @param window generated frames within reach, W, at least 1
 * @param historyBudget content tokens of all generated frames together
 * @param newestWhole whether the newest frame keeps all it can, and only what is left is shared among older ones
 * @param minimumShare part of the shared tokens that each frame gets at least, from 0 to 1 / window
 * @param dropMasked whether entries stored as MASK leave when a frame is packed
 * @param withinFrame which tokens of a frame stay
 * @param positions what happens to the gap that leaving frames make
 */
public record PackCache(
        int gammaText,
        int gammaCondition,
        double rho,
        int window,
        HistoryBudget historyBudget,
        boolean newestWhole,
        double minimumShare,
        boolean dropMasked,
        WithinFrame withinFrame,
        PositionMode positions)
        implements CompactionPolicy {

    /** Quota of an anchor that stays whole. */
    public static final int WHOLE = CompactionPlan.ALL_TEXT;

    public PackCache {
        Limits.require(gammaText >= 1, "gammaText", gammaText, "at least 1 token");
        Limits.require(gammaCondition >= 1, "gammaCondition", gammaCondition, "at least 1 token");
        Limits.require(rho > 0 && rho <= 1, "rho", rho, "above 0 and at most 1");
        Limits.window(window);
        Limits.require(
                minimumShare >= 0 && minimumShare * window <= 1,
                "minimumShare",
                minimumShare,
                "from 0 to 1 / window (window is " + window + ")");
        Objects.requireNonNull(historyBudget, "historyBudget");
        Objects.requireNonNull(withinFrame, "withinFrame");
        Objects.requireNonNull(positions, "positions");
    }

    /** Anchors whole, halving shares over four frames, newest frame whole, masked entries dropped, gaps closed. */
    public static PackCache defaults() {
        return new PackCache(
                WHOLE, WHOLE, 0.5, 4, new HistoryBudget.Auto(), true, 0, true, WithinFrame.EVEN, PositionMode.REBASE);
    }

    public PackCache withGammaText(int gammaText) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withGammaCondition(int gammaCondition) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withRho(double rho) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withWindow(int window) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withHistoryBudget(HistoryBudget historyBudget) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withNewestWhole(boolean newestWhole) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withMinimumShare(double minimumShare) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withDropMasked(boolean dropMasked) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withWithinFrame(WithinFrame withinFrame) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    public PackCache withPositions(PositionMode positions) {
        return new PackCache(
                gammaText,
                gammaCondition,
                rho,
                window,
                historyBudget,
                newestWhole,
                minimumShare,
                dropMasked,
                withinFrame,
                positions);
    }

    @Override
    public String name() {
        return "packcache";
    }

    @Override
    public Set<Signal> signals() {
        return withinFrame == WithinFrame.SCORED ? Set.of(Signal.VALUE_NORM) : Set.of();
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        Map<Long, BitSet> history = Packing.of(this, view, budget);
        return positions.plan(
                view,
                gammaText,
                frame -> frame.condition()
                        ? EvenCover.thin(view.grid(), frame.held().union(), gammaCondition)
                        : history.get(frame.frame()));
    }
}
