package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;

/**
 * How the keys or the values of one frame in one layer and KV head are stored in fewer bits than float32.
 *
 * <p>Pure: the same rows give the same bytes. A codec states in its documentation how far a decoded value may lie from
 * what was encoded. Codecs with the same name and settings are equal. Immutable and thread-safe.
 */
public interface Codec {

    /** Name in settings and reports, see {@link Codecs}. */
    String name();

    /**
     * Encodes {@code count} rows.
     *
     * @param rows values of shape (count, columns), finite
     * @param count number of rows, at least 1
     * @param columns values in a row, at least 1
     * @throws IllegalArgumentException if a value is not finite; the message says where
     */
    EncodedRows encode(float[] rows, int count, int columns);

    /** Bytes that {@code encode} would need for so many rows, exactly, for byte budgets. */
    long bytes(int count, int columns);
}
