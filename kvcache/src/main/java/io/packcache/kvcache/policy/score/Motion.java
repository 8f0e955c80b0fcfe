package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How much a token differs from what is seen at the same place later: one minus the cosine between its value and that of
 * the next newer frame that holds the place. What never changed says nothing that the newest frame does not say.
 *
 * <p>A token of the newest frame, and one whose place no newer frame holds, has no successor and the highest score.
 */
public record Motion() implements Scorer {

    /** More than any cosine allows. */
    private static final float ALONE = 3;

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.VALUE);
    }

    @Override
    public float[] scores(Cell cell) {
        int size = cell.view().shape().headSize();
        float[] values = cell.values();
        float[] scores = new float[cell.tokens()];
        Map<Integer, Integer> successors = new HashMap<>();
        for (int frame = cell.frames() - 1; frame >= 0; frame--) {
            int[] places = cell.places(frame);
            for (int i = 0; i < places.length; i++) {
                int token = cell.first(frame) + i;
                Integer later = successors.put(places[i], token);
                scores[token] =
                        later == null ? ALONE : (float) (1 - Vectors.cosine(values, token, values, later, size));
            }
        }
        return scores;
    }
}
