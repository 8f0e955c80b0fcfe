package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;

/** Packed codes, plus a product of two thin matrices, and a few values kept as they were. */
public final class LowRankRows implements EncodedRows {

    static final byte TAG = 5;

    /** Largest rank that is believed when read. */
    private static final int LARGEST_RANK = 256;

    private final PackedRows packed;
    private final Bfloat16Rows left;
    private final Bfloat16Rows right;
    private final Outliers outliers;

    /**
     * Joins the parts.
     *
     * @param left shape (rows, rank)
     * @param right shape (rank, columns)
     */
    public LowRankRows(PackedRows packed, Bfloat16Rows left, Bfloat16Rows right, Outliers outliers) {
        this.packed = packed;
        this.left = left;
        this.right = right;
        this.outliers = outliers;
    }

    /** The codes under the product. */
    public PackedRows packed() {
        return packed;
    }

    /** Shape (rows, rank). */
    public Bfloat16Rows left() {
        return left;
    }

    /** Shape (rank, columns). */
    public Bfloat16Rows right() {
        return right;
    }

    /** What replaces the sum here and there. */
    public Outliers outliers() {
        return outliers;
    }

    @Override
    public int rows() {
        return packed.rows();
    }

    @Override
    public int columns() {
        return packed.columns();
    }

    @Override
    public long bytes() {
        return packed.bytes() + left.bytes() + right.bytes() + outliers.bytes();
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        packed.decode(firstRow, count, target, offset);
        for (int r = 0; r < count; r++) {
            for (int k = 0; k < right.rows(); k++) {
                float factor = left.get(firstRow + r, k);
                for (int c = 0; c < columns(); c++) {
                    target[offset + r * columns() + c] += factor * right.get(k, c);
                }
            }
        }
        outliers.put(firstRow, count, target, offset, columns());
    }

    @Override
    public EncodedRows select(int[] kept) {
        return new LowRankRows(packed.select(kept), left.select(kept), right, outliers.select(kept));
    }

    @Override
    public int storedBytes() {
        return StoredRows.withHead(
                (long) packed.storedBytes() + Integer.BYTES + left.bytes() + right.bytes() + outliers.bytes());
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, TAG, this);
        packed.store(out);
        out.putInt(right.rows());
        StoredRows.putInts(out, left.words());
        StoredRows.putInts(out, right.words());
        outliers.store(out);
    }

    static LowRankRows load(ByteBuffer in, int rows, int columns) {
        PackedRows packed = StoredRows.load(in, PackedRows.class, PackedRows.TAG, rows, columns);
        int rank = StoredRows.getInt(in);
        if (rank < 1 || rank > LARGEST_RANK) {
            throw StoredRows.broken(in, "a product of rank " + rank);
        }
        Bfloat16Rows left = Bfloat16Rows.load(in, rows, rank);
        return new LowRankRows(packed, left, Bfloat16Rows.load(in, rank, columns), Outliers.load(in, rows, columns));
    }
}
