package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.score.Highest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Lets the heads of a layer compete: each keeps at least {@code floor} of its share for its own best tokens, the rest goes
 * to the highest scores of all heads together.
 *
 * @param shares what each head has by itself
 * @param floor 0 to 1
 */
public record HeadPool(Allocator shares, double floor) implements Allocator {

    @Override
    public Set<Signal> signals() {
        return shares.signals();
    }

    @Override
    public int[] quotas(List<Contest> contests, long total) {
        int[] quotas = shares.quotas(contests, total);
        int heads = contests.get(0).cell().view().shape().kvHeads();
        for (int first = 0; first < quotas.length; first += heads) {
            pool(contests.subList(first, first + heads), quotas, first);
        }
        return quotas;
    }

    private void pool(List<Contest> layer, int[] quotas, int first) {
        int[] sure = new int[layer.size()];
        float[][] rest = new float[layer.size()][];
        int left = 0;
        for (int head = 0; head < sure.length; head++) {
            float[] scores = layer.get(head).scores();
            sure[head] = (int) (floor * quotas[first + head]);
            left += quotas[first + head] - sure[head];
            rest[head] = scores.clone();
            for (int own : Highest.of(scores, sure[head])) {
                rest[head][own] = Float.NEGATIVE_INFINITY;
            }
        }
        Highest pooled = new Highest(left);
        int offered = 0;
        for (float[] scores : rest) {
            pooled.offer(scores, offered);
            offered += scores.length;
        }
        int[] bounds = bounds(rest);
        System.arraycopy(sure, 0, quotas, first, sure.length);
        for (int chosen : pooled.chosen()) {
            int head = Arrays.binarySearch(bounds, chosen);
            quotas[first + (head >= 0 ? head : -head - 2)]++;
        }
    }

    /** Where the tokens of each head begin when all are lined up. */
    private static int[] bounds(float[][] heads) {
        int[] bounds = new int[heads.length];
        for (int head = 1; head < heads.length; head++) {
            bounds[head] = bounds[head - 1] + heads[head - 1].length;
        }
        return bounds;
    }
}
