package io.packcache.kvcache.policy.fold;

import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.share.Contest;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** Decides what becomes of the losers of one cell. Pure. */
public interface Reducer {

    /** Losers leave. */
    Reducer DROP = (contest, kept) -> List.of();

    /** What {@link #folds} reads of the view. */
    default Set<Signal> signals() {
        return Set.of();
    }

    /**
     * Folds losers into tokens that stay; those in no fold leave.
     *
     * @param contest the cell and its candidates
     * @param kept tokens of the cell that stay, winners and those that never competed
     */
    List<Fold> folds(Contest contest, BitSet kept);
}
