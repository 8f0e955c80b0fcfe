package io.packcache.stream.model;

import io.packcache.kvcache.CacheSnapshot;
import java.util.List;
import java.util.Map;

/**
 * A copy of everything that later frames of a clip depend on, for the decoder that made it and any other of the same
 * model and size.
 *
 * @param caches one for each branch, the guided one first
 * @param text token ids of the prompt
 * @param codes of the frames that the caches hold, by number; not to be modified
 * @param frames generated since the last cut
 */
public record DecoderSnapshot(List<CacheSnapshot> caches, int[] text, Map<Long, int[]> codes, long frames) {

    public DecoderSnapshot {
        caches = List.copyOf(caches);
        codes = Map.copyOf(codes);
    }
}
