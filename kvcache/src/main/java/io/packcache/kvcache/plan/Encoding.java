package io.packcache.kvcache.plan;

import io.packcache.kvcache.codec.Codec;

/**
 * How the content of a frame is stored.
 *
 * @param keys codec of the keys; null only in {@link #RAW}
 * @param values codec of the values; null only in {@link #RAW}
 */
public record Encoding(Codec keys, Codec values) {

    /** As float32 rows, ready for use. */
    public static final Encoding RAW = new Encoding(null, null);

    public Encoding {
        if ((keys == null) != (values == null)) {
            throw new IllegalArgumentException("an encoding needs a codec for keys and one for values, got "
                    + name(keys) + " and " + name(values));
        }
    }

    /** The same codec for keys and values. */
    public static Encoding of(Codec both) {
        return new Encoding(both, both);
    }

    /** Whether rows are stored as they are. */
    public boolean raw() {
        return keys == null;
    }

    @Override
    public String toString() {
        return raw() ? "raw" : name(keys) + "/" + name(values);
    }

    private static String name(Codec codec) {
        return codec == null ? "none" : codec.name();
    }
}
