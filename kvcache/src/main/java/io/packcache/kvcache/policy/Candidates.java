package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.policy.score.Cell;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Which of the tokens that are held may stay once there is not room for all. */
final class Candidates {

    private Candidates() {}

    /** The generated frames held. */
    static List<FrameView> oldestFirst(CacheView view) {
        return view.frames().stream().filter(frame -> !frame.condition()).toList();
    }

    /** The newest {@code window} of them, oldest first. */
    static List<FrameView> within(CacheView view, int window) {
        List<FrameView> history = oldestFirst(view);
        return history.subList(Math.max(0, history.size() - window), history.size());
    }

    /** What there is of a frame, without what was stored as MASK if that is to leave. */
    static Selection known(FrameView frame, Selection content, boolean dropMasked) {
        if (!dropMasked || frame.masked().isEmpty()) {
            return content;
        }
        return content.map(held -> {
            BitSet known = (BitSet) held.clone();
            known.andNot(frame.masked());
            return known;
        });
    }

    /** The candidates among the tokens that compete in a cell, ascending. */
    static int[] contested(Cell cell, List<Selection> candidates) {
        return IntStream.range(0, cell.frames() - cell.recent())
                .flatMap(i -> cell.tokensIn(i, candidates.get(i).at(cell.layer(), cell.head())))
                .toArray();
    }
}
