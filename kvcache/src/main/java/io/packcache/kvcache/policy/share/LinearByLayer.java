package io.packcache.kvcache.policy.share;

import java.util.List;

/**
 * Falls linearly from the first layer to the last: with b the mean, the last gets {@code b / beta} and the first
 * {@code 2 b - b / beta}; heads of a layer get the same.
 *
 * @param beta how steep, at least 1; 1 is even
 */
public record LinearByLayer(double beta) implements Allocator {

    @Override
    public int[] quotas(List<Contest> contests, long total) {
        int layers = contests.get(0).cell().view().shape().layers();
        double last = 1 / beta;
        double first = 2 - last;
        double[] weights = contests.stream()
                .mapToDouble(contest -> first - contest.cell().layer() * (first - last) / Math.max(1, layers - 1))
                .toArray();
        return Quotas.divide(total, weights, Quotas.caps(contests));
    }
}
