package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.fold.Prototype;
import java.util.Set;

/**
 * Puts the token nearest the centre of each frame above all others.
 *
 * @param scorer scores the others
 */
public record CentreFirst(Scorer scorer) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return scorer.signals();
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = scorer.scores(cell);
        for (int frame = 0; frame < cell.frames(); frame++) {
            if (cell.places(frame).length > 0) {
                scores[Prototype.centre(cell, frame)] = Float.MAX_VALUE;
            }
        }
        return scores;
    }
}
