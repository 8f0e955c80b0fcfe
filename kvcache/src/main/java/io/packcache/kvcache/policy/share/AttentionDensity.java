package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.score.Probes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Gives more to layers whose attention is dense, that is, varies little from token to token; the first two layers and the
 * last get as much as the densest. A layer weighs the lowest variance of all layers divided by its own.
 */
public record AttentionDensity() implements Allocator {

    private static final int EXEMPT_AT_START = 2;

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION);
    }

    @Override
    public int[] quotas(List<Contest> contests, long total) {
        int heads = contests.get(0).cell().view().shape().kvHeads();
        int layers = contests.size() / heads;
        double[] variance = new double[layers];
        for (Contest contest : contests) {
            variance[contest.cell().layer()] += variance(contest) / heads;
        }
        double lowest = Arrays.stream(variance).filter(v -> v > 0).min().orElse(0);
        double[] weights = new double[contests.size()];
        for (int i = 0; i < weights.length; i++) {
            int layer = i / heads;
            boolean exempt = layer < EXEMPT_AT_START || layer == layers - 1 || variance[layer] <= lowest;
            weights[i] = exempt ? 1 : lowest / variance[layer];
        }
        return Quotas.divide(total, weights, Quotas.caps(contests));
    }

    /** Variance over tokens of the attention they get from the mean probe, in units of its mean. */
    private static double variance(Contest contest) {
        Probes probes = Probes.of(contest.cell());
        double[] mean = Arrays.stream(contest.candidates())
                .mapToDouble(token -> mean(probes, token))
                .toArray();
        double middle = Arrays.stream(mean).average().orElse(0);
        double squares =
                Arrays.stream(mean).map(x -> (x - middle) * (x - middle)).sum();
        return middle == 0 ? 0 : squares / mean.length / (middle * middle);
    }

    private static double mean(Probes probes, int token) {
        double sum = 0;
        for (int query = 0; query < probes.group(); query++) {
            sum += probes.mean(query, token) / probes.group();
        }
        return sum;
    }
}
