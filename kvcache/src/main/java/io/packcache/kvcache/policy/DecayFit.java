package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import java.util.Arrays;
import java.util.List;

/**
 * Fits rho to attention: the straight line through {@code ln(attention per held token)} by distance in frames, least
 * squares, each distance weighing as much as it holds tokens; rho is the exponential of its slope, from 0.05 to 1.
 *
 * <p>Attention is that which the newest frame paid to the frames before it. Per token, because older frames are thinned
 * already; thinning leaves the tokens that stay a larger part of what their frame drew, so the fit errs towards a longer
 * reach. With fewer than two distances to go by rho is a half, the paper's.
 */
public final class DecayFit {

    private static final double UNKNOWN = 0.5;
    private static final double STEEPEST = 0.05;

    private DecayFit() {}

    static double[] byLayer(CacheView view) {
        double[] rho = new double[view.shape().layers()];
        for (int layer = 0; layer < rho.length; layer++) {
            rho[layer] = fit(perToken(view, layer), tokens(view, layer));
        }
        return rho;
    }

    static double[] together(CacheView view) {
        int distances = view.historyNewestFirst().size();
        double[] mean = new double[distances];
        double[] weights = new double[distances];
        for (int layer = 0; layer < view.shape().layers(); layer++) {
            double[] attention = perToken(view, layer);
            double[] tokens = tokens(view, layer);
            for (int d = 1; d < distances; d++) {
                mean[d] += attention[d] / view.shape().layers();
                weights[d] += tokens[d];
            }
        }
        double[] rho = new double[view.shape().layers()];
        Arrays.fill(rho, fit(mean, weights));
        return rho;
    }

    /**
     * Rho of a curve.
     *
     * @param attention by distance; element 0, the frame itself, is left out, and so is what is not above 0
     * @param weights by distance
     */
    public static double fit(double[] attention, double[] weights) {
        double n = 0;
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        int points = 0;
        for (int d = 1; d < attention.length; d++) {
            if (attention[d] > 0 && weights[d] > 0) {
                double log = Math.log(attention[d]);
                n += weights[d];
                x += weights[d] * d;
                y += weights[d] * log;
                xx += weights[d] * d * d;
                xy += weights[d] * d * log;
                points++;
            }
        }
        if (points < 2) {
            return UNKNOWN;
        }
        return Math.min(1, Math.max(STEEPEST, Math.exp((n * xy - x * y) / (n * xx - x * x))));
    }

    private static double[] perToken(CacheView view, int layer) {
        double[] mass = view.signals().massByDistance(layer);
        double[] tokens = tokens(view, layer);
        double[] perToken = new double[tokens.length];
        for (int d = 1; d < Math.min(tokens.length, mass.length); d++) {
            perToken[d] = tokens[d] > 0 ? mass[d] / tokens[d] : 0;
        }
        return perToken;
    }

    /** Tokens held by distance, the mean over heads. */
    private static double[] tokens(CacheView view, int layer) {
        List<FrameView> history = view.historyNewestFirst();
        double[] tokens = new double[history.size()];
        for (int d = 0; d < tokens.length; d++) {
            for (int head = 0; head < view.shape().kvHeads(); head++) {
                tokens[d] += (double) history.get(d).held().at(layer, head).cardinality()
                        / view.shape().kvHeads();
            }
        }
        return tokens;
    }
}
