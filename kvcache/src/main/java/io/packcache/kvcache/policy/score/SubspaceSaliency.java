package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.BitSet;
import java.util.Set;

/**
 * Attention of the probes; on the newest frame, where they say most, a share of the length of its hidden states on top; and
 * 0 for those older tokens whose keys the newest frame repeats, see {@link SubspaceResidual}: as large a part of them as is
 * to leave.
 *
 * @param rank directions of the newest frame's subspace
 * @param hidden weight of the softmax over standardised lengths of hidden states
 * @param kernel width of the window over which attention is averaged, odd
 */
public record SubspaceSaliency(int rank, double hidden, int kernel) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION, Signal.KEY, Signal.HIDDEN_NORM);
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = ProbeAttention.mean(kernel).scores(cell);
        addSaliency(cell, scores);
        int older = cell.first(cell.frames() - 1);
        // A cell that keeps more than is contested keeps everything.
        double share = Math.min(1, (double) (cell.keep() + cell.tokens() - cell.contested()) / cell.tokens());
        float[] repeats = new SubspaceResidual(rank).scores(cell);
        float[] negative = new float[older];
        for (int token = 0; token < older; token++) {
            negative[token] = -repeats[token];
        }
        for (int token : Highest.of(negative, (int) Math.round((1 - share) * older))) {
            scores[token] = 0;
        }
        return scores;
    }

    private void addSaliency(Cell cell, float[] scores) {
        int newest = cell.frames() - 1;
        Signals signals = cell.signals();
        float[] norms = signals.hiddenNorms(cell.frame(newest).frame());
        BitSet all = cell.frame(newest).held().union();
        int[] places = cell.places(newest);
        double[] saliency = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            saliency[i] = norms[all.get(0, places[i]).cardinality()];
        }
        standardise(saliency);
        Vectors.softmax(saliency, 0, saliency.length);
        for (int i = 0; i < places.length; i++) {
            scores[cell.first(newest) + i] += (float) (hidden * saliency[i]);
        }
    }

    private static void standardise(double[] x) {
        double mean = 0;
        double squares = 0;
        for (double v : x) {
            mean += v / x.length;
        }
        for (double v : x) {
            squares += (v - mean) * (v - mean);
        }
        double deviation = Math.sqrt(squares / Math.max(1, x.length - 1));
        for (int i = 0; i < x.length; i++) {
            x[i] = deviation == 0 ? 0 : (x[i] - mean) / deviation;
        }
    }
}
