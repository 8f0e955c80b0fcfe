package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Rows as they are: float32. */
public final class FloatRows implements EncodedRows {

    static final byte TAG = 0;

    private final int rows;
    private final int columns;
    private final float[] data;

    /** Takes {@code data} over, shape (rows, columns). */
    public FloatRows(int rows, int columns, float[] data) {
        this.rows = rows;
        this.columns = columns;
        this.data = data;
    }

    /** The values, shape (rows, columns); not to be written to. */
    public float[] data() {
        return data;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public long bytes() {
        return (long) Float.BYTES * data.length;
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        Objects.checkFromIndexSize(firstRow, count, rows);
        System.arraycopy(data, firstRow * columns, target, offset, count * columns);
    }

    @Override
    public EncodedRows select(int[] kept) {
        float[] left = new float[kept.length * columns];
        for (int i = 0; i < kept.length; i++) {
            System.arraycopy(data, kept[i] * columns, left, i * columns, columns);
        }
        return new FloatRows(kept.length, columns, left);
    }

    @Override
    public int storedBytes() {
        return StoredRows.withHead(bytes());
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, TAG, this);
        for (float value : data) {
            out.putFloat(value);
        }
    }

    static FloatRows load(ByteBuffer in, int rows, int columns) {
        int[] bits = StoredRows.getInts(in, (long) rows * columns);
        float[] data = new float[bits.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = Float.intBitsToFloat(bits[i]);
        }
        return new FloatRows(rows, columns, data);
    }
}
