package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.Contest;
import io.packcache.kvcache.policy.share.Segments;
import java.util.List;
import java.util.function.Function;

/**
 * Keeps the highest-scored tokens of every cell within a budget.
 *
 * <p>Nothing leaves a frame within reach while all of it fits. Beyond that the newest frames stay whole as long as they fit
 * together, the others compete. If not even the newest frame fits, it alone is thinned to an even cover. The budget counts
 * tokens; where cells keep different ones it counts their mean, so the sum over cells is exact.
 */
final class Thinning {

    private final CacheView view;
    private final Keeping keeping;
    private final List<FrameView> frames;
    private final List<Selection> remaining;
    private final List<Selection> candidates;
    private final long entries;
    private final Segments segments;

    /** @param remaining what there is of a frame to choose from, if not all it holds */
    Thinning(CacheView view, Budget budget, Keeping keeping, Function<FrameView, Selection> remaining) {
        this(view, budget, keeping, remaining, Segments.NONE);
    }

    /**
     * @param remaining what there is of a frame to choose from, if not all it holds
     * @param segments which tokens stay or leave together
     */
    private Thinning(
            CacheView view,
            Budget budget,
            Keeping keeping,
            Function<FrameView, Selection> remaining,
            Segments segments) {
        this.segments = segments;
        this.view = view;
        this.keeping = keeping;
        this.frames = Candidates.within(view, keeping.window());
        this.remaining = frames.stream().map(remaining).toList();
        this.candidates = frames.stream()
                .map(frame -> Candidates.known(frame, remaining.apply(frame), keeping.dropMasked()))
                .toList();
        long own = keeping.historyBudget().tokens(view, keeping.dropMasked());
        long all = (long) frames.size() * view.grid().contentLength();
        this.entries = Math.min(all, Math.min(own, budget.historyTokens()))
                * view.shape().cells();
    }

    static CompactionPlan plan(
            CacheView view,
            Budget budget,
            Keeping keeping,
            Scorer scorer,
            Allocator allocator,
            Reducer reducer,
            Segments segments) {
        return new Thinning(view, budget, keeping, FrameView::held, segments)
                .kept(scorer, allocator, reducer)
                .plan(keeping.positions(), CompactionPlan.ALL_TEXT);
    }

    /** What stays. */
    Kept kept(Scorer scorer, Allocator allocator, Reducer reducer) {
        Kept kept = new Kept(view);
        if (fits()) {
            for (int i = 0; i < frames.size(); i++) {
                kept.put(frames.get(i), remaining.get(i));
            }
        } else {
            fill(kept, scorer, allocator, reducer);
        }
        return kept;
    }

    private boolean fits() {
        return remaining.stream().mapToLong(left -> left.entries(view.shape())).sum() <= entries;
    }

    private void fill(Kept kept, Scorer scorer, Allocator allocator, Reducer reducer) {
        int recent = 0;
        long left = entries;
        int guarded = segments.guarded(frames, keeping.recent());
        for (int i = frames.size() - 1; i >= 0 && recent < guarded; i--) {
            long needed = candidates.get(i).entries(view.shape());
            if (needed > left) {
                break;
            }
            kept.put(frames.get(i), candidates.get(i));
            left -= needed;
            recent++;
        }
        if (recent == 0 && guarded > 0) {
            int tokens = (int) (entries / view.shape().cells());
            Selection newest = candidates.get(frames.size() - 1);
            kept.put(frames.get(frames.size() - 1), newest.map(held -> EvenCover.thin(view.grid(), held, tokens)));
        } else {
            contest(kept, recent, left, scorer, allocator, reducer);
        }
    }

    private void contest(Kept kept, int recent, long left, Scorer scorer, Allocator allocator, Reducer reducer) {
        int even = (int) (left / view.shape().cells());
        List<Contest> contests = Cell.all(view, frames, recent, even).stream()
                .map(cell -> Contest.of(cell, Candidates.contested(cell, candidates), scorer.scores(cell)))
                .toList();
        int[] quotas = allocator.quotas(contests, left);
        for (int i = 0; i < quotas.length; i++) {
            Contest contest = contests.get(i);
            kept.put(contest, segments.whole(contest, contest.winners(quotas[i])), reducer);
        }
    }
}
