package io.packcache.kvcache.snapshot;

import io.packcache.kvcache.CacheSnapshot;
import java.util.List;
import java.util.Map;

/**
 * What one snapshot file holds.
 *
 * @param fingerprint says of which model it is; only ever compared
 * @param json what its owner has to say beside the caches, any text
 * @param branches the caches, guided branch first
 * @param tensors what its owner has to keep beside the caches, by names of at most 200 characters
 */
public record SavedState(String fingerprint, String json, List<CacheSnapshot> branches, Map<String, float[]> tensors) {

    public SavedState {
        branches = List.copyOf(branches);
        tensors = Map.copyOf(tensors);
    }
}
