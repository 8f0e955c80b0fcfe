package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;

/**
 * A way to store rows of keys or values of one KV head in fewer bits. Pure: the same rows give the same codes. Two codecs
 * with the same name and settings are equal. Thread-safe.
 */
public interface Codec {

    /** Name with settings, as used in plans, presets and snapshots, such as {@code int2}. */
    String name();

    /**
     * Encodes rows; the array is not kept.
     *
     * @param rows shape (count, columns), row after row from index 0
     * @param count at least 1
     */
    EncodedRows encode(float[] rows, int count, int columns);

    /** What {@link EncodedRows#bytes} of so many freshly encoded rows is. */
    long bytes(int count, int columns);
}
