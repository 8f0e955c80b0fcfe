package io.packcache.kvcache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.Buffer;
import java.util.Map;

/**
 * A {@link CacheSnapshot} taken apart for a file.
 *
 * @param description all that is no array
 * @param arrays byte, int, long and float buffers by name, in the order they are to be stored; their position is 0
 */
public record CacheParts(ObjectNode description, Map<String, Buffer> arrays) {}
