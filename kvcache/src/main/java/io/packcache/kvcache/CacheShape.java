package io.packcache.kvcache;

/**
 * What one branch of a model stores per token.
 *
 * @param layers transformer layers, at least 1
 * @param kvHeads key/value heads of a layer, at least 1
 * @param headSize channels of a head, even, at least 2
 */
public record CacheShape(int layers, int kvHeads, int headSize) {

    public CacheShape {
        if (layers < 1 || kvHeads < 1 || headSize < 2 || headSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "a cache needs at least one layer, one KV head and an even head size, got " + layers + " layers, "
                            + kvHeads + " KV heads, head size " + headSize);
        }
    }

    /** Cells: pairs of a layer and a KV head. */
    public int cells() {
        return layers * kvHeads;
    }

    /** Bytes of the float32 keys and values of one token. */
    public long bytesPerToken() {
        return 2L * layers * kvHeads * headSize * Float.BYTES;
    }
}
