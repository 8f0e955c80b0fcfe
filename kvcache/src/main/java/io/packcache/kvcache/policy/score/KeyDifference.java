package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** Minus the cosine between a key and the mean of all unit keys of the cell: keys that differ from the rest stay. */
public record KeyDifference() implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY);
    }

    @Override
    public float[] scores(Cell cell) {
        int size = cell.view().shape().headSize();
        float[] unit = Vectors.unit(cell.keys(), size);
        double[] sum = Vectors.sum(unit, size);
        float[] anchor = new float[size];
        for (int c = 0; c < size; c++) {
            anchor[c] = (float) (sum[c] / Math.max(1, cell.tokens()));
        }
        float[] scores = new float[cell.tokens()];
        for (int token = 0; token < scores.length; token++) {
            scores[token] = (float) -Vectors.cosine(unit, token, anchor, 0, size);
        }
        return scores;
    }
}
