package io.packcache.kvcache;

import io.packcache.kvcache.codec.Codec;
import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A codec that keeps every bit, so that what the cache does with pages shows without any codec's error. */
public record Verbatim(String name) implements Codec {

    @Override
    public EncodedRows encode(float[] rows, int count, int columns) {
        return new Rows(Arrays.copyOf(rows, count * columns), columns);
    }

    @Override
    public long bytes(int count, int columns) {
        return (long) count * columns * Float.BYTES;
    }

    /** Floats as they are. */
    record Rows(float[] data, int columns) implements EncodedRows {

        @Override
        public int rows() {
            return data.length / columns;
        }

        @Override
        public long bytes() {
            return (long) data.length * Float.BYTES;
        }

        @Override
        public void decode(int firstRow, int count, float[] target, int offset) {
            System.arraycopy(data, firstRow * columns, target, offset, count * columns);
        }

        @Override
        public EncodedRows select(int[] rows) {
            float[] selected = new float[rows.length * columns];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(data, rows[i] * columns, selected, i * columns, columns);
            }
            return new Rows(selected, columns);
        }

        @Override
        public int storedBytes() {
            return data.length * Float.BYTES;
        }

        @Override
        public void store(ByteBuffer out) {
            out.asFloatBuffer().put(data);
            out.position(out.position() + storedBytes());
        }
    }
}
