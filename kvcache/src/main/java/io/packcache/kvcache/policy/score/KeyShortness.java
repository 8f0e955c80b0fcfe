package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * Minus the length of a token's key; in the first layers, where length says nothing, the newer the token the higher.
 *
 * @param skipLayers layers from the first on that go by age, at least 0
 */
public record KeyShortness(int skipLayers) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY_NORM);
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = cell.joined(frame -> cell.signals().keyNorms(cell.layer(), cell.head(), frame));
        for (int token = 0; token < scores.length; token++) {
            scores[token] = cell.layer() < skipLayers ? token : -scores[token];
        }
        return scores;
    }
}
