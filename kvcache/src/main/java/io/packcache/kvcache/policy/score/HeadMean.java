package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * The mean of a score over the KV heads of a layer that hold the token, {@code own} times the head's own score on top.
 *
 * @param scorer scores each head
 * @param own weight of the head's own score beside the mean, at least 0
 */
public record HeadMean(Scorer scorer, double own) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return scorer.signals();
    }

    @Override
    public float[] scores(Cell cell) {
        int content = cell.view().grid().contentLength();
        double[] sum = new double[cell.frames() * content];
        int[] holders = new int[sum.length];
        float[] scores = new float[cell.tokens()];
        for (int head = 0; head < cell.view().shape().kvHeads(); head++) {
            Cell sibling = cell.sibling(head);
            float[] theirs = scorer.scores(sibling);
            for (int frame = 0; frame < cell.frames(); frame++) {
                int[] places = sibling.places(frame);
                for (int i = 0; i < places.length; i++) {
                    sum[frame * content + places[i]] += theirs[sibling.first(frame) + i];
                    holders[frame * content + places[i]]++;
                }
            }
            scores = head == cell.head() ? theirs : scores;
        }
        float[] mean = new float[cell.tokens()];
        for (int frame = 0; frame < cell.frames(); frame++) {
            int[] places = cell.places(frame);
            for (int i = 0; i < places.length; i++) {
                int token = cell.first(frame) + i;
                int name = frame * content + places[i];
                mean[token] = (float) (sum[name] / holders[name] + own * scores[token]);
            }
        }
        return mean;
    }
}
