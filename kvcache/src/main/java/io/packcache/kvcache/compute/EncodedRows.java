package io.packcache.kvcache.compute;

import java.nio.ByteBuffer;

/** Rows of one KV head in fewer bits than float32. Immutable and thread-safe. */
public interface EncodedRows {

    /** Number of rows. */
    int rows();

    /** Number of values in a row. */
    int columns();

    /** Bytes of codes and tables, exactly; object headers are not counted. */
    long bytes();

    /**
     * Decodes {@code count} rows from {@code firstRow} on into {@code target}, from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if either range does not fit
     */
    void decode(int firstRow, int count, float[] target, int offset);

    /**
     * Some of these rows, with the very same values: codes are moved, never made anew.
     *
     * @param rows ascending row numbers, at least one
     */
    EncodedRows select(int[] rows);

    /** How many bytes {@link #store} writes. */
    int storedBytes();

    /** Writes codes and tables for a snapshot, so that they can be loaded back as the same rows. */
    void store(ByteBuffer out);
}
