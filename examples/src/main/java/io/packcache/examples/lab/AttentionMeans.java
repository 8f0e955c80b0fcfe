package io.packcache.examples.lab;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenTable;
import io.packcache.kvcache.policy.DecayFit;
import io.packcache.stream.model.NetworkConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attention by layer and head, gathered by what it goes to. */
final class AttentionMeans {

    private static final int TEXT = 0;
    private static final int CONDITION = 1;
    private static final int MARKERS = 2;
    private static final int OWN = 3;

    /** Every so many rows of a frame look. */
    private static final int EVERY = 5;

    private final NetworkConfig network;
    private final Mean[] parts; // layers x heads; index OWN + d: the frame d before

    AttentionMeans(NetworkConfig network) {
        this.network = network;
        this.parts = new Mean[network.layers() * network.heads()];
        Arrays.setAll(parts, i -> new Mean());
    }

    /**
     * Adds what the rows of one frame look at.
     *
     * @param queries by layer, shape (rows, heads x head size)
     * @param cache holds the frame's own rows as its last, staged ones
     */
    void add(float[][] queries, KvCache cache, int frame) {
        int size = network.headSize();
        int width = network.heads() * size;
        int keyCount = cache.size() + cache.staged();
        int[] part = new int[keyCount];
        Arrays.setAll(part, row -> part(cache.table(), row, frame));
        float[] keys = new float[keyCount * size];
        float[] weights = new float[keyCount];
        for (int layer = 0; layer < queries.length; layer++) {
            for (int head = 0; head < network.heads(); head++) {
                cache.keys(layer)[head * network.kvHeads() / network.heads()].read(0, keys, 0, keyCount);
                for (int row = 0; row < queries[layer].length / width; row += EVERY) {
                    AttentionWeights.of(queries[layer], row * width + head * size, keys, size, weights, 0, keyCount);
                    add(parts[layer * network.heads() + head], part, weights, frame);
                }
            }
        }
    }

    private static int part(TokenTable table, int row, int frame) {
        return switch (table.role(row)) {
            case TEXT -> TEXT;
            case CONDITION -> CONDITION;
            case FRAME_MARKER -> MARKERS;
            case FRAME -> OWN + frame - Math.toIntExact(table.frame(row));
        };
    }

    private static void add(Mean mean, int[] part, float[] weights, int frame) {
        double[] sums = new double[OWN + frame];
        for (int key = 0; key < weights.length; key++) {
            sums[part[key]] += weights[key];
        }
        for (int i = 0; i < sums.length; i++) {
            mean.add(i, sums[i]);
        }
    }

    /** What was gathered, by layer and head. */
    List<AttentionStudy.Shares> shares(double known) {
        List<AttentionStudy.Shares> shares = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            List<Double> all = parts[i].values();
            List<Double> byDistance = List.copyOf(all.subList(OWN + 1, all.size()));
            shares.add(new AttentionStudy.Shares(
                    known,
                    i / network.heads(),
                    i % network.heads(),
                    all.get(TEXT),
                    all.get(CONDITION),
                    all.get(MARKERS),
                    all.get(OWN),
                    byDistance,
                    rho(byDistance)));
        }
        return shares;
    }

    /** The same fit that PackCache makes online; here every frame holds the same number of tokens. */
    static double rho(List<Double> byDistance) {
        double[] attention = new double[1 + byDistance.size()];
        Arrays.setAll(attention, distance -> distance == 0 ? 0 : byDistance.get(distance - 1));
        double[] weights = new double[attention.length];
        Arrays.fill(weights, 1);
        return DecayFit.fit(attention, weights);
    }
}
