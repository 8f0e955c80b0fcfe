package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Turns scores into ranks within their frame, so that the highest of a whole cell take the same number from each frame,
 * as long as a frame has as many; the best of each frame first.
 *
 * @param scorer orders the tokens of one frame
 */
public record EqualPerFrame(Scorer scorer) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return scorer.signals();
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = scorer.scores(cell);
        float[] ranks = new float[scores.length];
        for (int frame = 0; frame < cell.frames(); frame++) {
            int[] order = IntStream.range(cell.first(frame), cell.first(frame + 1))
                    .boxed()
                    .sorted((a, b) -> Float.compare(scores[b], scores[a]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int rank = 0; rank < order.length; rank++) {
                ranks[order[rank]] = -rank;
            }
        }
        return ranks;
    }
}
