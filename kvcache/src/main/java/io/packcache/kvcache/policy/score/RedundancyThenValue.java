package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Arrays;
import java.util.Set;

/**
 * Two scores for two parts of the budget. The first part takes the newest frames whole and then the older tokens that
 * repeat themselves least, see {@link PatchRedundancy}; they score above all others. The rest goes by value length,
 * averaged over a box that shrinks with depth by quarters: 7 x 7 x 7 in time, rows and columns, 5 x 5 in rows and
 * columns, 3 in columns, none.
 *
 * @param newest share of frames that count as newest, above 0, at most 1
 * @param redundancy share of the budget that the first part takes, 0 to 1
 * @param pooled whether value lengths are averaged
 */
public record RedundancyThenValue(double newest, double redundancy, boolean pooled) implements Scorer {

    private static final BoxMean[] BY_DEPTH = {
        new BoxMean(3, 3, 3), new BoxMean(0, 2, 2), new BoxMean(0, 0, 1), new BoxMean(0, 0, 0)
    };

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY, Signal.VALUE_NORM);
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = new ValueNorm().scores(cell);
        if (pooled) {
            int quarter = cell.layer() * BY_DEPTH.length / cell.view().shape().layers();
            scores = BY_DEPTH[quarter].over(cell, scores);
        }
        int total = cell.keep() + cell.tokens() - cell.contested();
        int part = (int) Math.ceil(total * redundancy);
        int frames = newestFrames(cell, part);
        float above = highest(scores) + 1;
        int first = cell.first(cell.frames() - frames);
        Arrays.fill(scores, first, scores.length, above + 3);
        float[] different = Arrays.copyOf(new PatchRedundancy(Math.max(1, frames)).scores(cell), first);
        for (int token : Highest.of(different, Math.max(0, part - (scores.length - first)))) {
            scores[token] = above + 1 + different[token];
        }
        return scores;
    }

    /** At least one, as many of the newest as the share says, and no more than fit the first part. */
    private int newestFrames(Cell cell, int part) {
        int frames = Math.min(cell.frames(), Math.max(1, (int) (cell.frames() * newest)));
        while (frames > 0 && cell.tokens() - cell.first(cell.frames() - frames) > part) {
            frames--;
        }
        return frames;
    }

    private static float highest(float[] scores) {
        float highest = 0;
        for (float score : scores) {
            highest = Math.max(highest, score);
        }
        return highest;
    }
}
