package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.Bfloat16Rows;

/**
 * The upper half of each float32, 16 bits a value.
 *
 * <p>Error of a value x: at most {@code 2^-8 |x|} (2^-134 below the smallest normal float).
 */
record Bfloat16Codec() implements Codec {

    @Override
    public String name() {
        return "bfloat16";
    }

    @Override
    public EncodedRows encode(float[] rows, int count, int columns) {
        return Bfloat16Rows.nearest(rows, count, columns);
    }

    @Override
    public long bytes(int count, int columns) {
        return Bfloat16Rows.bytes(count, columns);
    }
}
