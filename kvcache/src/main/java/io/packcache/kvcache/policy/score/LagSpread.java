package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Arrays;
import java.util.Set;

/**
 * How unevenly a token's channels lie within the range that the next frame spans in each channel: the standard deviation
 * over channels, softmax over the frame, the mean of keys and values. A frame without a successor scores 1 throughout.
 */
public record LagSpread() implements Scorer {

    private static final double EPSILON = 1e-6;

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY, Signal.VALUE);
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = new float[cell.tokens()];
        float[][] kinds = {cell.keys(), cell.values()};
        for (int frame = 0; frame < cell.frames(); frame++) {
            int next = successor(cell, frame);
            if (next == cell.frames()) {
                Arrays.fill(scores, cell.first(frame), scores.length, 1);
                break;
            }
            for (float[] rows : kinds) {
                add(cell, frame, next, rows, scores);
            }
        }
        return scores;
    }

    /** The next frame that holds a token. */
    private static int successor(Cell cell, int frame) {
        int next = frame + 1;
        while (next < cell.frames() && cell.places(next).length == 0) {
            next++;
        }
        return next;
    }

    private static void add(Cell cell, int frame, int next, float[] rows, float[] scores) {
        int size = cell.view().shape().headSize();
        double[] low = new double[size];
        double[] high = new double[size];
        Arrays.fill(low, Double.POSITIVE_INFINITY);
        Arrays.fill(high, Double.NEGATIVE_INFINITY);
        for (int at = cell.first(next) * size; at < cell.first(next + 1) * size; at++) {
            low[at % size] = Math.min(low[at % size], rows[at]);
            high[at % size] = Math.max(high[at % size], rows[at]);
        }
        double[] spread = new double[scores.length];
        for (int token = cell.first(frame); token < cell.first(frame + 1); token++) {
            spread[token] = deviation(rows, token, low, high);
        }
        Vectors.softmax(spread, cell.first(frame), cell.first(frame + 1));
        for (int token = cell.first(frame); token < cell.first(frame + 1); token++) {
            scores[token] += (float) (spread[token] / 2);
        }
    }

    /** Standard deviation over channels, divided by their number less one, of a row in units of the successor's range. */
    private static double deviation(float[] rows, int token, double[] low, double[] high) {
        int size = low.length;
        double[] scaled = new double[size];
        for (int c = 0; c < size; c++) {
            scaled[c] = (rows[token * size + c] - low[c]) / (high[c] - low[c] + EPSILON);
        }
        double mean = Arrays.stream(scaled).average().orElse(0);
        double squares = Arrays.stream(scaled).map(x -> (x - mean) * (x - mean)).sum();
        return Math.sqrt(squares / (size - 1));
    }
}
