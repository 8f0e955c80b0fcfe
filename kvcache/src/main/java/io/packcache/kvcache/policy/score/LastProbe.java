package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** Attention of the last probe alone, the mean over the query heads of the group. */
public record LastProbe() implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION);
    }

    @Override
    public float[] scores(Cell cell) {
        Probes probes = Probes.of(cell);
        float[] scores = new float[cell.tokens()];
        for (int token = 0; token < scores.length; token++) {
            double sum = 0;
            for (int query = 0; query < probes.group() && probes.count() > 0; query++) {
                sum += probes.weight(probes.count() - 1, query, token);
            }
            scores[token] = (float) (sum / probes.group());
        }
        return scores;
    }
}
