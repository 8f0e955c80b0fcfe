package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * Minus the mean cosine between a token's un-rotated key and the keys at the same place of the newest frames: what repeats
 * itself scores low. A newest frame that no longer holds the place counts as unrelated, cosine 0.
 *
 * @param newest frames compared with, at least 1
 */
public record PatchRedundancy(int newest) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY);
    }

    @Override
    public float[] scores(Cell cell) {
        int size = cell.view().shape().headSize();
        int content = cell.view().grid().contentLength();
        float[] unit = Vectors.unit(cell.keys(), size);
        int compared = Math.min(newest, cell.frames());
        double[] sum = new double[content * size];
        for (int frame = cell.frames() - compared; frame < cell.frames(); frame++) {
            int[] places = cell.places(frame);
            for (int i = 0; i < places.length; i++) {
                for (int c = 0; c < size; c++) {
                    sum[places[i] * size + c] += unit[(cell.first(frame) + i) * size + c];
                }
            }
        }
        float[] scores = new float[cell.tokens()];
        for (int frame = 0; frame < cell.frames(); frame++) {
            int[] places = cell.places(frame);
            for (int i = 0; i < places.length; i++) {
                double cosines = 0;
                for (int c = 0; c < size; c++) {
                    cosines += unit[(cell.first(frame) + i) * size + c] * sum[places[i] * size + c];
                }
                scores[cell.first(frame) + i] = (float) (-cosines / compared);
            }
        }
        return scores;
    }
}
