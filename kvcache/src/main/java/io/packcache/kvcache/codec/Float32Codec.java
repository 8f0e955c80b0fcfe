package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.FloatRows;
import java.util.Arrays;

/** Rows as they are, 32 bits a value. The error is 0. */
record Float32Codec() implements Codec {

    @Override
    public String name() {
        return "float32";
    }

    @Override
    public EncodedRows encode(float[] rows, int count, int columns) {
        return new FloatRows(count, columns, Arrays.copyOf(rows, count * columns));
    }

    @Override
    public long bytes(int count, int columns) {
        return (long) Float.BYTES * count * columns;
    }
}
