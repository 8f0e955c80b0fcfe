package io.packcache.kvcache.compute;

import java.nio.ByteBuffer;

/**
 * Rows of one KV head in fewer bits than float32: the keys or the values of one frame in one layer.
 *
 * <p>Encoding happens once; after that rows are only read or dropped, so errors never accumulate. Immutable and thread-safe.
 */
public interface EncodedRows {

    /** Number of rows, at least 1. */
    int rows();

    /** Number of values in a row. */
    int columns();

    /** Bytes of codes and tables, exactly; object headers are not counted. */
    long bytes();

    /**
     * Decodes {@code count} rows from {@code firstRow} on into {@code target}, from {@code offset} on. Allocates nothing.
     *
     * @throws IndexOutOfBoundsException if either range does not fit
     */
    void decode(int firstRow, int count, float[] target, int offset);

    /**
     * Some of these rows, with the very same values: codes are moved, never made anew. Tables that no row needs any more
     * are left out.
     *
     * @param rows strictly ascending row numbers, at least one
     */
    EncodedRows select(int[] rows);

    /** How many bytes {@link #store} writes. */
    int storedBytes();

    /**
     * Writes codes and tables for a snapshot; {@link io.packcache.kvcache.compute.rows.StoredRows} loads them back as the
     * same rows.
     */
    void store(ByteBuffer out);
}
