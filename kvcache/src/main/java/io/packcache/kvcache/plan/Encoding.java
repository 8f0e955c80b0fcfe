package io.packcache.kvcache.plan;

import io.packcache.kvcache.codec.Codec;
import io.packcache.kvcache.codec.LayerPairs;

/**
 * How the content of a frame is stored.
 *
 * @param keys codec of the keys, or of their directions where layers share them; null only in {@link #RAW}
 * @param values codec of the values, in the same way; null only in {@link #RAW}
 * @param pairs layers that share directions, or null if none do
 */
public record Encoding(Codec keys, Codec values, LayerPairs pairs) {

    /** As float32 rows, ready for use. */
    public static final Encoding RAW = new Encoding(null, null, null);

    public Encoding {
        if ((keys == null) != (values == null) || (keys == null && pairs != null)) {
            throw new IllegalArgumentException("an encoding needs a codec for keys and one for values, got "
                    + name(keys) + " and " + name(values));
        }
    }

    /** Every layer for itself. */
    public Encoding(Codec keys, Codec values) {
        this(keys, values, null);
    }

    /** The same codec for keys and values. */
    public static Encoding of(Codec both) {
        return new Encoding(both, both);
    }

    /** The same with layers that share directions. */
    public Encoding paired(LayerPairs newPairs) {
        return new Encoding(keys, values, newPairs);
    }

    /** Whether rows are stored as they are. */
    public boolean raw() {
        return keys == null;
    }

    @Override
    public String toString() {
        return raw() ? "raw" : name(keys) + "/" + name(values) + (pairs == null ? "" : " in layer pairs");
    }

    private static String name(Codec codec) {
        return codec == null ? "none" : codec.name();
    }
}
