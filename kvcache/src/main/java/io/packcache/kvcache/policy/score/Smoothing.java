package io.packcache.kvcache.policy.score;

/**
 * One-dimensional pooling over the tokens of a cell, so that a token is judged with its neighbours. Windows are cut at the
 * ends; they are centred, {@code kernel} wide, and 1 changes nothing.
 */
public enum Smoothing {
    /** The mean of the window. */
    AVERAGE {
        @Override
        double pool(float[] scores, int from, int to) {
            double sum = 0;
            for (int i = from; i < to; i++) {
                sum += scores[i];
            }
            return sum / (to - from);
        }
    },
    /** The highest of the window. */
    MAXIMUM {
        @Override
        double pool(float[] scores, int from, int to) {
            double max = scores[from];
            for (int i = from + 1; i < to; i++) {
                max = Math.max(max, scores[i]);
            }
            return max;
        }
    };

    abstract double pool(float[] scores, int from, int to);

    /** @param kernel width of the window, odd */
    public float[] over(float[] scores, int kernel) {
        float[] pooled = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            int from = Math.max(0, i - kernel / 2);
            int to = Math.min(scores.length, i + kernel / 2 + 1);
            pooled[i] = (float) pool(scores, from, to);
        }
        return pooled;
    }
}
