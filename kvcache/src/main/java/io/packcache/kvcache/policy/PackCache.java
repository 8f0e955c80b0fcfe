package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Signal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * PackCache (Li, Shah, Shang, <a href="https://arxiv.org/abs/2601.04359">arXiv 2601.04359</a>): text and conditioning frames
 * are anchors; generated frames share a fixed number of tokens that falls geometrically with their distance in time.
 *
 * <p>Fill: while fewer than {@code window} frames are held they stay as they are. Pack: from then on masked entries leave
 * and frame d keeps {@code rho^min(d, window - 1)} of the budget, normalised, see {@link Shares}. Slide: frames beyond the
 * window leave. A frame whose share is empty stands by its markers alone until it slides out. A tighter {@link Budget} packs
 * earlier and smaller.
 *
 * <p>Limits: the paper leaves open which tokens of a frame stay, its quotas and the unit of its budget, and its code is not
 * public; {@link Choice}, {@code newestWhole}, the fit of rho and reach by layer are choices of ours.
 *
 * @param anchors how much of text and conditioning frames stays
 * @param shares how the budget is divided among generated frames
 * @param choice which tokens of a frame make up its share
 * @param positions what happens to the gap that leaving frames make
 */
@Paper(
        keeps = "of each frame a share that halves with its age",
        title = "PackCache",
        arxiv = "2601.04359",
        evidence = "the paper's opening and third parties' notes on it; no code is public")
public record PackCache(Anchors anchors, Shares shares, Choice choice, PositionMode positions)
        implements CompactionPolicy {

    /** Quota of an anchor that stays whole. */
    public static final int WHOLE = Anchors.WHOLE;

    public PackCache {
        Objects.requireNonNull(anchors, "anchors");
        Objects.requireNonNull(shares, "shares");
        Objects.requireNonNull(choice, "choice");
        Objects.requireNonNull(positions, "positions");
    }

    /** Anchors whole, halving shares over four frames, newest frame whole, masked entries dropped, gaps closed. */
    public static PackCache defaults() {
        return new PackCache(
                new Anchors(WHOLE, WHOLE),
                new Shares(Decay.of(0.5), 4, List.of(), new HistoryBudget.Auto(), true, 0),
                new Choice(true, WithinFrame.EVEN, true, Refine.NONE),
                PositionMode.REBASE);
    }

    /** A copy with some of these changed, as {@code withAnchors(anchors -> anchors.withGammaText(20))}. */
    public PackCache withAnchors(UnaryOperator<Anchors> change) {
        return new PackCache(change.apply(anchors), shares, choice, positions);
    }

    /** A copy with some of these changed. */
    public PackCache withShares(UnaryOperator<Shares> change) {
        return new PackCache(anchors, change.apply(shares), choice, positions);
    }

    /** A copy with some of these changed. */
    public PackCache withChoice(UnaryOperator<Choice> change) {
        return new PackCache(anchors, shares, change.apply(choice), positions);
    }

    public PackCache withPositions(PositionMode newPositions) {
        return new PackCache(anchors, shares, choice, newPositions);
    }

    public PackCache withRho(double rho) {
        return withShares(old -> old.withRho(Decay.of(rho)));
    }

    public PackCache withWindow(int window) {
        return withShares(old -> old.withWindow(window));
    }

    public PackCache withHistoryBudget(HistoryBudget historyBudget) {
        return withShares(old -> old.withHistoryBudget(historyBudget));
    }

    public PackCache withWithinFrame(WithinFrame withinFrame) {
        return withChoice(old -> old.withWithinFrame(withinFrame));
    }

    @Override
    public String name() {
        return "packcache";
    }

    @Override
    public Set<Signal> signals() {
        Set<Signal> signals = EnumSet.noneOf(Signal.class);
        signals.addAll(shares.rho().signals());
        choice.withinFrame().scorer().ifPresent(scorer -> signals.addAll(scorer.signals()));
        return signals;
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        Map<Long, Selection> history = Packing.of(this, view, budget);
        return positions.plan(view, anchors.gammaText(), frame -> plan(view, frame, history.get(frame.frame())));
    }

    private FramePlan plan(CacheView view, FrameView frame, Selection kept) {
        Selection stays = frame.condition()
                ? frame.held().map(held -> EvenCover.thin(view.grid(), held, anchors.gammaCondition()))
                : kept;
        return stays == null ? null : new FramePlan(frame.frame(), frame.slot(), stays);
    }
}
