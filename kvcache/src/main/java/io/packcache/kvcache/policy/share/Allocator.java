package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.plan.Signal;
import java.util.List;
import java.util.Set;

/** Divides tokens among cells. Pure: same contests, same quotas. */
public interface Allocator {

    /** Every cell gets the same. */
    Allocator EVEN = (contests, total) -> Quotas.divide(total, new double[contests.size()], Quotas.caps(contests));

    /** What {@link #quotas} reads of the view beside the scores. */
    default Set<Signal> signals() {
        return Set.of();
    }

    /**
     * Divides.
     *
     * @param contests one per cell, layer by layer, heads in order
     * @param total entries to hand out; one entry is one token in one cell
     * @return one quota per contest, none above its number of candidates; they sum to {@code total}, or to the number of
     *     all candidates if that is less
     */
    int[] quotas(List<Contest> contests, long total);
}
