package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Highest;
import java.util.Arrays;

/**
 * The tokens of one cell that compete for its share.
 *
 * @param cell the cell
 * @param candidates tokens of the cell, ascending
 * @param scores one per candidate
 */
public record Contest(Cell cell, int[] candidates, float[] scores) {

    /** The tokens that win, ascending. */
    public int[] winners(int quota) {
        return Arrays.stream(Highest.of(scores, quota)).map(i -> candidates[i]).toArray();
    }

    /** @param all one score per token of the cell */
    public static Contest of(Cell cell, int[] candidates, float[] all) {
        float[] scores = new float[candidates.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = all[candidates[i]];
        }
        return new Contest(cell, candidates, scores);
    }
}
