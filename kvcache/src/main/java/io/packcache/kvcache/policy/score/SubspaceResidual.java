package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * How much of a key the newest frame does not already say: the length of what is left of it after projection on the span
 * of up to {@code rank} keys of the newest frame, taken evenly over the picture.
 *
 * @param rank directions of the subspace; at most half the channels are used, or nothing would be left of any key
 */
public record SubspaceResidual(int rank) implements Scorer {

    private static final double DEPENDENT = 1e-6;

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY);
    }

    @Override
    public float[] scores(Cell cell) {
        int size = cell.view().shape().headSize();
        float[] keys = cell.keys();
        double[][] basis = basis(cell, keys, size);
        float[] residual = new float[cell.tokens()];
        for (int token = 0; token < residual.length; token++) {
            double[] left = row(keys, token, size);
            for (double[] direction : basis) {
                subtract(left, direction);
            }
            residual[token] = (float) length(left);
        }
        return residual;
    }

    /** Orthonormal directions by Gram and Schmidt, twice for accuracy; keys that depend on earlier ones give none. */
    private double[][] basis(Cell cell, float[] keys, int size) {
        int first = cell.first(cell.frames() - 1);
        int tokens = cell.tokens() - first;
        int wanted = Math.min(Math.min(rank, size / 2), tokens);
        double[][] basis = new double[wanted][size];
        for (int i = 0; i < wanted; i++) {
            double[] direction = row(keys, first + (int) ((2L * i + 1) * tokens / (2L * wanted)), size);
            double before = length(direction);
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    subtract(direction, basis[j]);
                }
            }
            double length = length(direction);
            for (int c = 0; length > DEPENDENT * before && c < size; c++) {
                basis[i][c] = direction[c] / length;
            }
        }
        return basis;
    }

    private static double[] row(float[] rows, int i, int size) {
        double[] row = new double[size];
        for (int c = 0; c < size; c++) {
            row[c] = rows[i * size + c];
        }
        return row;
    }

    private static void subtract(double[] from, double[] direction) {
        double along = 0;
        for (int c = 0; c < from.length; c++) {
            along += from[c] * direction[c];
        }
        for (int c = 0; c < from.length; c++) {
            from[c] -= along * direction[c];
        }
    }

    private static double length(double[] x) {
        double squares = 0;
        for (double v : x) {
            squares += v * v;
        }
        return Math.sqrt(squares);
    }
}
