package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Two stages: a part of the budget by the base score alone, these above all others; the rest by base score times how much
 * the value weighs behind the output projection, {@code (score + 1e-4) |W_o v|_1}. Base scores are shifted to begin at 0.
 *
 * @param base scores of the first stage
 * @param first share of the budget that goes to the first stage, 0 to 1
 */
public record OutputPerturbation(Scorer base, double first) implements Scorer {

    private static final float EPSILON = 1e-4f;
    private static final float ABOVE = 1e30f;

    @Override
    public Set<Signal> signals() {
        Set<Signal> signals = EnumSet.of(Signal.PROJECTED_VALUE_NORM);
        signals.addAll(base.signals());
        return signals;
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = base.scores(cell);
        float[] norms = cell.joined(frame -> cell.signals().projectedValueNorms(cell.layer(), cell.head(), frame));
        float lowest = Float.POSITIVE_INFINITY;
        float highest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            lowest = Math.min(lowest, score);
            highest = Math.max(highest, score);
        }
        int[] sure = Highest.of(Arrays.copyOf(scores, cell.contested()), (int) (first * cell.keep()));
        float[] staged = new float[scores.length];
        for (int token = 0; token < scores.length; token++) {
            staged[token] = (scores[token] - lowest + EPSILON) * norms[token];
        }
        for (int token : sure) {
            float range = highest > lowest ? highest - lowest : 1;
            staged[token] = ABOVE * (1 + (scores[token] - lowest) / range);
        }
        return staged;
    }
}
