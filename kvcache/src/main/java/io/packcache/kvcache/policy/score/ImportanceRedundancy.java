package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * {@code mix * importance - (1 - mix) * redundancy}. Importance is attention of the probes; redundancy is the softmax over
 * tokens of the mean cosine between a key and all keys of the cell, found in one pass through the sum of unit keys.
 *
 * @param mix weight of importance, 0 to 1
 * @param kernel width of the window over which importance takes the highest, odd
 */
public record ImportanceRedundancy(double mix, int kernel) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION, Signal.KEY);
    }

    @Override
    public float[] scores(Cell cell) {
        float[] importance = new ProbeAttention(0, Smoothing.MAXIMUM, Smoothing.MAXIMUM, kernel).scores(cell);
        double[] redundancy = redundancy(cell);
        float[] scores = new float[importance.length];
        for (int token = 0; token < scores.length; token++) {
            scores[token] = (float) (mix * importance[token] - (1 - mix) * redundancy[token]);
        }
        return scores;
    }

    private static double[] redundancy(Cell cell) {
        int size = cell.view().shape().headSize();
        int tokens = cell.tokens();
        float[] unit = Vectors.unit(cell.keys(), size);
        double[] sum = Vectors.sum(unit, size);
        double[] mean = new double[tokens];
        for (int token = 0; token < tokens; token++) {
            for (int c = 0; c < size; c++) {
                mean[token] += unit[token * size + c] * sum[c];
            }
            mean[token] = (mean[token] - 1) / tokens;
        }
        Vectors.softmax(mean, 0, tokens);
        return mean;
    }
}
