package io.packcache.examples.lab;

/** What the engine's fused attention never writes down: how much of its attention a query pays to each key. */
public final class AttentionWeights {

    private AttentionWeights() {}

    /**
     * The softmax of one query's scaled products with keys.
     *
     * @param queries holds the query's channels from {@code query} on
     * @param keys shape (count, size)
     * @param size channels of a head
     * @param target takes {@code count} weights from {@code at} on; their sum is 1
     */
    public static void of(float[] queries, int query, float[] keys, int size, float[] target, int at, int count) {
        double[] scores = new double[count];
        double most = Double.NEGATIVE_INFINITY;
        for (int key = 0; key < count; key++) {
            double score = 0;
            for (int channel = 0; channel < size; channel++) {
                score += (double) queries[query + channel] * keys[key * size + channel];
            }
            scores[key] = score / Math.sqrt(size);
            most = Math.max(most, scores[key]);
        }
        double sum = 0;
        for (int key = 0; key < count; key++) {
            scores[key] = Math.exp(scores[key] - most);
            sum += scores[key];
        }
        for (int key = 0; key < count; key++) {
            target[at + key] = (float) (scores[key] / sum);
        }
    }
}
