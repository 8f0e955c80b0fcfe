package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** How many tokens a token stands for; of equals the newer wins, as everywhere. */
public record Standing() implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of();
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = new float[cell.tokens()];
        for (int token = 0; token < scores.length; token++) {
            scores[token] = cell.multiplicity(token);
        }
        return scores;
    }
}
