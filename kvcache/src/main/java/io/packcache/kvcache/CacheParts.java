package io.packcache.kvcache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.snapshot.TensorFileReader;
import io.packcache.kvcache.snapshot.TensorGroup;
import java.nio.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@link CacheSnapshot} taken apart for a file.
 *
 * @param description all that is no array
 * @param arrays byte, int, long and float buffers by name, in the order they are to be stored; their position is 0
 * @param archive the arrays of each copy in the archive, which are read when they are asked for
 */
public record CacheParts(ObjectNode description, Map<String, Buffer> arrays, List<TensorGroup> archive) {

    public CacheParts {
        archive = List.copyOf(archive);
    }

    /** All that there is, in memory. */
    public CacheParts(ObjectNode description, Map<String, Buffer> arrays) {
        this(description, arrays, List.of());
    }

    /** What there is to be read. */
    public TensorFileReader.Outline outline() {
        return new TensorFileReader.Outline(description, TensorGroup.of(arrays).forms());
    }

    /** All arrays, those of the archive among them. */
    Map<String, Buffer> all() {
        if (archive.isEmpty()) {
            return arrays;
        }
        Map<String, Buffer> all = new LinkedHashMap<>(arrays);
        archive.forEach(copy -> all.putAll(copy.read().get()));
        return all;
    }
}
