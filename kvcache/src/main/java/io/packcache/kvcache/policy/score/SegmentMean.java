package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.share.Segments;
import java.util.Arrays;
import java.util.Set;

/**
 * Gives every token the mean score of its segment, so that segments compete as wholes. Tokens that stay in any case do not
 * count.
 *
 * @param scorer whose scores are averaged
 * @param segments which frames belong together
 */
public record SegmentMean(Scorer scorer, Segments segments) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return scorer.signals();
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = scorer.scores(cell);
        int contested = cell.frames() - cell.recent();
        for (int from = 0; from < contested; ) {
            long segment = segments.of(cell.frame(from).frame());
            int to = from;
            while (to < contested && segments.of(cell.frame(to).frame()) == segment) {
                to++;
            }
            average(scores, cell.first(from), cell.first(to));
            from = to;
        }
        return scores;
    }

    private static void average(float[] scores, int from, int to) {
        double sum = 0;
        for (int token = from; token < to; token++) {
            sum += scores[token];
        }
        Arrays.fill(scores, from, to, (float) (sum / Math.max(1, to - from)));
    }
}
