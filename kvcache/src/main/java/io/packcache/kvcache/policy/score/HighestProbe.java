package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** The highest attention that any probe pays to a token, the mean over the query heads of the group. */
public record HighestProbe() implements Scorer {

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
            for (int query = 0; query < probes.group(); query++) {
                float highest = 0;
                for (int probe = 0; probe < probes.count(); probe++) {
                    highest = Math.max(highest, probes.weight(probe, query, token));
                }
                sum += highest;
            }
            scores[token] = (float) (sum / probes.group());
        }
        return scores;
    }
}
