package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.score.Probes;
import java.util.List;
import java.util.Set;

/**
 * Gives more to layers whose attention is spread out and moves: with A the probes' attention on the tokens that compete,
 * dispersion {@code D = -sum A ln A}, shift {@code S = sum over tokens of the variance of A over probes}, a layer weighs
 * {@code D^(1 / dispersion) S^(1 / shift)}.
 *
 * @param dispersion temperature of dispersion, above 0
 * @param shift temperature of shift, above 0
 */
public record LayerPreference(double dispersion, double shift) implements Allocator {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION);
    }

    @Override
    public int[] quotas(List<Contest> contests, long total) {
        double[] spread = new double[contests.size()];
        double[] moved = new double[contests.size()];
        for (int i = 0; i < contests.size(); i++) {
            Contest contest = contests.get(i);
            Probes probes = Probes.of(contest.cell());
            for (int token : contest.candidates()) {
                add(probes, token, i, spread, moved);
            }
        }
        int heads = contests.get(0).cell().view().shape().kvHeads();
        double[] weights = new double[contests.size()];
        for (int i = 0; i < weights.length; i++) {
            int first = i - i % heads;
            double d = 0;
            double s = 0;
            for (int cell = first; cell < first + heads; cell++) {
                d += spread[cell];
                s += moved[cell];
            }
            weights[i] = Math.pow(d, 1 / dispersion) * Math.pow(s, 1 / shift);
        }
        return Quotas.divide(total, weights, Quotas.caps(contests));
    }

    private static void add(Probes probes, int token, int cell, double[] spread, double[] moved) {
        for (int query = 0; query < probes.group(); query++) {
            moved[cell] += probes.variance(query, token);
            for (int probe = 0; probe < probes.count(); probe++) {
                double weight = probes.weight(probe, query, token);
                spread[cell] -= weight > 0 ? weight * Math.log(weight) : 0;
            }
        }
    }
}
