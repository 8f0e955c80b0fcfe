package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;

/**
 * What a code is worth: {@code value = code * scale + zero}, with one scale and zero per group of rows and block of
 * columns.
 */
public interface Ranges {

    /** Which rows share scales. */
    Groups groups();

    /** Columns that share a scale; the last block of a row may be narrower. */
    int block();

    /** Step between two codes. */
    float scale(int group, int block);

    /** Value of code 0. */
    float zero(int group, int block);

    /** Bytes of the tables. */
    long bytes();

    /** The ranges of the rows that stay. */
    Ranges select(int[] kept);

    /** How many bytes {@link #store} writes. */
    long storedBytes();

    /** Writes the tables in their stored form. */
    void store(ByteBuffer out);

    /** Blocks in a row of so many columns. */
    static int blocks(int columns, int block) {
        return (columns + block - 1) / block;
    }
}
