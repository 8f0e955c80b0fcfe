package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is left of frames once some of their tokens have become part of others. */
final class FoldedAway {

    private final CacheView view;
    private final Map<Long, BitSet[][]> gone = new HashMap<>(); // by frame, layer and head

    FoldedAway(CacheView view, List<Fold> folds) {
        this.view = view;
        folds.forEach(fold -> fold.from()
                .forEach(token -> Kept.in(gone, view, token.frame())[fold.layer()][fold.head()].set(token.place())));
    }

    /** What a frame has beyond that. */
    Selection left(FrameView frame) {
        BitSet[][] without = gone.get(frame.frame());
        if (without == null) {
            return frame.held();
        }
        BitSet[][] left = new BitSet[view.shape().layers()][view.shape().kvHeads()];
        for (int layer = 0; layer < left.length; layer++) {
            for (int head = 0; head < left[layer].length; head++) {
                left[layer][head] = (BitSet) frame.held().at(layer, head).clone();
                left[layer][head].andNot(without[layer][head]);
            }
        }
        return Selection.byCell(left);
    }
}
