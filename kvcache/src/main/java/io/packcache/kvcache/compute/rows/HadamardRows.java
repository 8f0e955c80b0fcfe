package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;

/** Rows that were mixed by the {@link Hadamard} transform before they were encoded. */
public final class HadamardRows implements EncodedRows {

    static final byte TAG = 3;

    private final PackedRows mixed;

    /** Takes the encoded transform of the rows. */
    public HadamardRows(PackedRows mixed) {
        this.mixed = mixed;
    }

    /** The transformed rows. */
    public PackedRows mixed() {
        return mixed;
    }

    @Override
    public int rows() {
        return mixed.rows();
    }

    @Override
    public int columns() {
        return mixed.columns();
    }

    @Override
    public long bytes() {
        return mixed.bytes();
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        mixed.decode(firstRow, count, target, offset);
        Hadamard.apply(target, offset, count, columns());
    }

    @Override
    public EncodedRows select(int[] kept) {
        return new HadamardRows(mixed.select(kept));
    }

    @Override
    public int storedBytes() {
        return StoredRows.withHead(mixed.storedBytes());
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, TAG, this);
        mixed.store(out);
    }

    static HadamardRows load(ByteBuffer in, int rows, int columns) {
        return new HadamardRows(StoredRows.load(in, PackedRows.class, PackedRows.TAG, rows, columns));
    }
}
