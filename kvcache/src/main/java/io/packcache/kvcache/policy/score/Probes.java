package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signals;

/** The attention weights of the probes in one cell. Before the first frame there are no probes, and all means are 0. */
public final class Probes {

    private final int group;
    private final float[][] weights;

    private Probes(int group, float[][] weights) {
        this.group = group;
        this.weights = weights;
    }

    /** Reads {@link io.packcache.kvcache.plan.Signal#PROBE_ATTENTION}. */
    public static Probes of(Cell cell) {
        Signals signals = cell.signals();
        float[][] weights = new float[signals.queryRows()][];
        for (int i = 0; i < weights.length; i++) {
            int row = i;
            weights[i] = cell.joined(frame -> signals.attention(cell.layer(), cell.head(), row, frame));
        }
        return new Probes(signals.queryGroup(), weights);
    }

    /** Number of probes. */
    public int count() {
        return weights.length / group;
    }

    /** Query heads that share the KV head. */
    public int group() {
        return group;
    }

    /** Weight that query head {@code query} of the group pays to {@code token} at one probe. */
    public float weight(int probe, int query, int token) {
        return weights[probe * group + query][token];
    }

    /** Mean over the probes. */
    public double mean(int query, int token) {
        double sum = 0;
        for (int probe = 0; probe < count(); probe++) {
            sum += weight(probe, query, token);
        }
        return sum / Math.max(1, count());
    }

    /** Variance over the probes, divided by their number less one; 0 for fewer than two. */
    public double variance(int query, int token) {
        double mean = mean(query, token);
        double squares = 0;
        for (int probe = 0; probe < count(); probe++) {
            double off = weight(probe, query, token) - mean;
            squares += off * off;
        }
        return squares / Math.max(1, count() - 1);
    }
}
