package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import java.util.List;
import java.util.Set;

/**
 * How much frames matter to the newest one: the cosine between the mean query of its probes and the mean key of a frame, both
 * un-rotated and with some heads of a layer joined to one vector. Needs no frame to be held.
 */
public final class FrameRelevance {

    private final CacheView view;
    private final List<FrameView> frames;

    /** @param frames held, or in the archive */
    public FrameRelevance(CacheView view, List<FrameView> frames) {
        this.view = view;
        this.frames = frames;
    }

    /** What {@link #scores} reads of the view. */
    public static Set<Signal> signals() {
        return Set.of(Signal.KEY, Signal.QUERY);
    }

    /** One number from -1 to 1 per frame, over all heads of a layer; zeros before there are probes. */
    public double[] scores(int layer) {
        return scores(layer, 0, view.shape().kvHeads());
    }

    /** The same over the heads from {@code head} on. */
    public double[] scores(int layer, int head, int heads) {
        double[] dots = new double[frames.size()];
        double[] squares = new double[frames.size()];
        double ofQueries = 0;
        for (int h = head; h < head + heads; h++) {
            double[] query = meanQuery(layer, h);
            ofQueries += dot(query, query);
            for (int i = 0; i < dots.length; i++) {
                float[] mean = view.signals().meanKey(layer, h, frames.get(i).frame());
                for (int c = 0; c < mean.length; c++) {
                    dots[i] += query[c] * mean[c];
                    squares[i] += (double) mean[c] * mean[c];
                }
            }
        }
        for (int i = 0; i < dots.length; i++) {
            double lengths = Math.sqrt(ofQueries * squares[i]);
            dots[i] = lengths == 0 ? 0 : dots[i] / lengths;
        }
        return dots;
    }

    private double[] meanQuery(int layer, int head) {
        int size = view.shape().headSize();
        double[] mean = new double[size];
        int rows = view.signals().queryRows();
        if (rows == 0) {
            return mean;
        }
        float[] queries = view.signals().queries(layer, head);
        for (int at = 0; at < queries.length; at++) {
            mean[at % size] += queries[at] / rows;
        }
        return mean;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
