package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Small codes and what they are worth, on top of a centroid per row where there are any:
 * {@code value = code * scale + zero (+ centroid)}.
 */
public final class PackedRows implements EncodedRows {

    static final byte TAG = 2;

    private final Codes codes;
    private final Ranges ranges;
    private final Centroids centroids;

    /**
     * Joins the three.
     *
     * @param centroids null if there are none
     */
    public PackedRows(Codes codes, Ranges ranges, Centroids centroids) {
        this.codes = codes;
        this.ranges = ranges;
        this.centroids = centroids;
    }

    /** The codes. */
    public Codes codes() {
        return codes;
    }

    /** What a code is worth. */
    public Ranges ranges() {
        return ranges;
    }

    /** What is added to each row, or null. */
    public Centroids centroids() {
        return centroids;
    }

    @Override
    public int rows() {
        return codes.rows();
    }

    @Override
    public int columns() {
        return codes.columns();
    }

    @Override
    public long bytes() {
        return codes.bytes() + ranges.bytes() + (centroids == null ? 0 : centroids.bytes());
    }

    /** One value. */
    float get(int row, int column) {
        return get(row, column, ranges.groups().of(row));
    }

    private float get(int row, int column, int group) {
        int block = column / ranges.block();
        float value = codes.get(row, column) * ranges.scale(group, block) + ranges.zero(group, block);
        return centroids == null ? value : value + centroids.get(row, column);
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        for (int r = 0; r < count; r++) {
            int group = ranges.groups().of(firstRow + r);
            for (int c = 0; c < columns(); c++) {
                target[offset + r * columns() + c] = get(firstRow + r, c, group);
            }
        }
    }

    @Override
    public PackedRows select(int[] kept) {
        return new PackedRows(
                codes.select(kept), ranges.select(kept), centroids == null ? null : centroids.select(kept));
    }

    @Override
    public int storedBytes() {
        return StoredRows.withHead(codes.storedBytes()
                + ranges.storedBytes()
                + Byte.BYTES
                + (centroids == null ? 0 : centroids.storedBytes()));
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, TAG, this);
        codes.store(out);
        ranges.store(out);
        out.put((byte) (centroids == null ? 0 : 1));
        if (centroids != null) {
            centroids.store(out);
        }
    }

    static PackedRows load(ByteBuffer in, int rows, int columns) {
        Codes codes = Codes.load(in, rows, columns);
        byte kind = StoredRows.getByte(in);
        int block = StoredRows.getInt(in);
        if (block < 1) {
            throw StoredRows.broken(in, "blocks of " + block + " columns");
        }
        int blocks = (int) (((long) columns + block - 1) / block);
        Groups groups = Groups.load(in, rows);
        Ranges ranges = switch (kind) {
            case AffineRanges.TAG -> AffineRanges.load(in, groups, block, blocks);
            case SymmetricRanges.TAG -> SymmetricRanges.load(in, groups, block, blocks);
            default -> throw StoredRows.broken(in, "ranges of the unknown kind " + kind);
        };
        boolean centred = StoredRows.getByte(in) != 0;
        return new PackedRows(codes, ranges, centred ? Centroids.load(in, rows, columns) : null);
    }
}
