package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * Attention that a sample of the newest frame's queries (the probes) pays to each token: over the probes the mean plus
 * {@code spread} times the variance, over the query heads that share the KV head the mean or the highest, smoothed over
 * neighbours.
 *
 * @param spread weight of the variance over probes, at least 0
 * @param ofGroup how the query heads of the group are joined
 * @param smoothing how neighbours are joined
 * @param kernel width of the smoothing window, odd, at least 1
 */
public record ProbeAttention(double spread, Smoothing ofGroup, Smoothing smoothing, int kernel) implements Scorer {

    /** Mean over probes and query heads, smoothed by averages. */
    public static ProbeAttention mean(int kernel) {
        return new ProbeAttention(0, Smoothing.AVERAGE, Smoothing.AVERAGE, kernel);
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION);
    }

    @Override
    public float[] scores(Cell cell) {
        Probes probes = Probes.of(cell);
        float[] scores = new float[cell.tokens()];
        float[] group = new float[probes.group()];
        for (int token = 0; token < scores.length; token++) {
            for (int query = 0; query < group.length; query++) {
                double weight = spread == 0 ? 0 : spread * probes.variance(query, token);
                group[query] = (float) (probes.mean(query, token) + weight);
            }
            scores[token] = (float) ofGroup.pool(group, 0, group.length);
        }
        return smoothing.over(scores, kernel);
    }
}
