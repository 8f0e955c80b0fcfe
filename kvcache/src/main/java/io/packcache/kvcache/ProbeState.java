package io.packcache.kvcache;

import io.packcache.kvcache.position.TokenPosition;
import java.util.List;
import java.util.Map;

/**
 * What was noted of the newest frame's queries, and how many frames' queries have been. Immutable.
 *
 * @param frame whose queries; -1 before the first
 * @param slot where the frame stood when they were noted
 * @param positions where each probe stood
 * @param queries by layer: un-rotated, shape (probes, query heads x head size)
 * @param observed frames whose attention has been accumulated
 * @param entered how many had been when a held frame entered, its own not counted; frames not listed were there before
 */
record ProbeState(
        long frame,
        long slot,
        List<TokenPosition> positions,
        float[][] queries,
        long observed,
        Map<Long, Long> entered) {

    static final ProbeState NONE = new ProbeState(-1, -1, List.of(), new float[0][], 0, Map.of());

    int probes() {
        return positions.size();
    }

    /** Bytes of the queries. */
    long bytes() {
        long bytes = 0;
        for (float[] layer : queries) {
            bytes += (long) layer.length * Float.BYTES;
        }
        return bytes;
    }

    /** Query heads that share a KV head; only if there are probes. */
    int group(CacheShape shape) {
        return queries[0].length / probes() / shape.headSize() / shape.kvHeads();
    }

    /** Frames whose attention a token of this frame has drawn or could have. */
    long observedBy(long tokensFrame) {
        return observed - entered.getOrDefault(tokensFrame, 0L);
    }
}
