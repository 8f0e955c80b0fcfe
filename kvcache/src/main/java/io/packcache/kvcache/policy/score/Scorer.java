package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** Gives every token of a cell a number; the higher it is the longer the token stays. Pure: same cell, same numbers. */
public interface Scorer {

    /** What {@link #scores} reads of the view. */
    Set<Signal> signals();

    /**
     * Scores a cell.
     *
     * @param cell the generated frames of one layer and KV head
     * @return one finite number per token of the cell, in its order
     */
    float[] scores(Cell cell);
}
