package io.packcache.examples.verify;

import io.packcache.examples.lab.AttentionWeights;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.stream.model.NetworkConfig;

/** Attention probabilities of a recorded pass, computed from its queries and its cached keys. */
final class AttentionProbabilities {

    private AttentionProbabilities() {}

    /**
     * Probabilities of the last {@code rows} rows of a recorded pass, each of which sees all {@code keyCount} cache rows.
     *
     * @return shape (layers, heads, rows, keyCount)
     */
    static float[] of(NetworkConfig config, Recording recording, KvCache cache, int keyCount, int rows) {
        int size = config.headSize();
        int perHead = rows * keyCount;
        float[] all = new float[Math.toIntExact((long) config.layers() * config.heads() * perHead)];
        float[] keys = new float[keyCount * size];
        for (int layer = 0, at = 0; layer < config.layers(); layer++) {
            float[] queries = recording.queries[layer];
            int first = queries.length / config.hidden() - rows;
            for (int head = 0; head < config.heads(); head++) {
                Tensor shared = cache.keys(layer)[head * config.kvHeads() / config.heads()];
                shared.read(0, keys, 0, keyCount);
                for (int row = 0; row < rows; row++, at += keyCount) {
                    int query = (first + row) * config.hidden() + head * size;
                    AttentionWeights.of(queries, query, keys, size, all, at, keyCount);
                }
            }
        }
        return all;
    }
}
