package io.packcache.kvcache;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Parts of a snapshot that may be anything: what is asked for is there, of the type and size that was expected, or it is
 * refused by name.
 */
record UntrustedParts(JsonNode description, Map<String, Buffer> arrays) {

    boolean has(String name) {
        return arrays.containsKey(name);
    }

    /** The arrays whose names begin like this, by the rest of their names. */
    Map<String, Buffer> under(String prefix) {
        Map<String, Buffer> under = new HashMap<>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                under.put(name.substring(prefix.length()), array);
            }
        });
        return under;
    }

    RowNotes notes(String name, int rows) {
        Map<String, float[]> named = new HashMap<>();
        for (String kind : RowNotes.KIND_NAMES) {
            if (arrays.containsKey(name + "." + kind)) {
                named.put(kind, floats(name + "." + kind, rows));
            }
        }
        return RowNotes.of(rows, named);
    }

    float[] floats(String name, long count) {
        FloatBuffer stored = array(name, FloatBuffer.class);
        require(stored.remaining() == count, name + " holds " + stored.remaining() + " numbers, expected " + count);
        float[] floats = new float[stored.remaining()];
        stored.duplicate().get(floats);
        return floats;
    }

    <B extends Buffer> B array(String name, Class<B> type) {
        Buffer found = arrays.get(name);
        require(type.isInstance(found), name + " is missing or of another type");
        return type.cast(found);
    }

    int number(String name) {
        JsonNode node = description.path(name);
        require(node.isInt() && node.intValue() >= 0, name + " is " + node + ", expected a whole number");
        return node.intValue();
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
