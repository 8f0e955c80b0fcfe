package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A few values of a matrix in bfloat16, each with its column; rows up to 256 columns wide. */
public final class Outliers {

    /** Bytes of one outlier: its column and its value. */
    private static final int EACH = Byte.BYTES + Short.BYTES;

    /** How many a row has, unsigned: at most 255. */
    private final byte[] counts;

    private final byte[] columns;
    private final short[] values;

    private Outliers(byte[] counts, byte[] columns, short[] values) {
        this.counts = counts;
        this.columns = columns;
        this.values = values;
    }

    /** Takes the values of {@code rows} whose flag is set, at most 255 of a row; both of shape (count, columns). */
    public static Outliers of(float[] rows, boolean[] flags, int count, int columns) {
        byte[] counts = new byte[count];
        byte[] places = new byte[flags.length];
        short[] values = new short[flags.length];
        int found = 0;
        for (int i = 0; i < count * columns; i++) {
            if (flags[i]) {
                counts[i / columns]++;
                places[found] = (byte) (i % columns);
                values[found++] = Bfloat16.nearest(rows[i]);
            }
        }
        return new Outliers(counts, Arrays.copyOf(places, found), Arrays.copyOf(values, found));
    }

    /** Bytes of so many outliers in so many rows. */
    public static long bytes(int rows, long outliers) {
        return rows + outliers * EACH;
    }

    long bytes() {
        return bytes(counts.length, columns.length);
    }

    /** Puts the outliers of {@code count} rows from {@code firstRow} on into decoded rows of {@code width} columns. */
    public void put(int firstRow, int count, float[] target, int offset, int width) {
        int at = before(firstRow);
        for (int r = 0; r < count; r++) {
            for (int i = 0; i < (counts[firstRow + r] & 0xFF); i++, at++) {
                target[offset + r * width + (columns[at] & 0xFF)] = Bfloat16.value(values[at]);
            }
        }
    }

    private int before(int row) {
        int sum = 0;
        for (int r = 0; r < row; r++) {
            sum += counts[r] & 0xFF;
        }
        return sum;
    }

    Outliers select(int[] kept) {
        byte[] countsLeft = new byte[kept.length];
        int left = 0;
        for (int i = 0; i < kept.length; i++) {
            countsLeft[i] = counts[kept[i]];
            left += counts[kept[i]] & 0xFF;
        }
        byte[] columnsLeft = new byte[left];
        short[] valuesLeft = new short[left];
        for (int i = 0, at = 0; i < kept.length; i++) {
            int from = before(kept[i]);
            int length = counts[kept[i]] & 0xFF;
            System.arraycopy(columns, from, columnsLeft, at, length);
            System.arraycopy(values, from, valuesLeft, at, length);
            at += length;
        }
        return new Outliers(countsLeft, columnsLeft, valuesLeft);
    }

    void store(ByteBuffer out) {
        out.put(counts).put(columns);
        StoredRows.putShorts(out, values);
    }

    static Outliers load(ByteBuffer in, int rows, int width) {
        byte[] counts = StoredRows.getBytes(in, rows);
        Outliers empty = new Outliers(counts, new byte[0], new short[0]);
        byte[] columns = StoredRows.getBytes(in, empty.before(rows));
        for (byte column : columns) {
            if ((column & 0xFF) >= width) {
                throw StoredRows.broken(in, "an outlier in column " + (column & 0xFF) + " of " + width);
            }
        }
        return new Outliers(counts, columns, StoredRows.getShorts(in, columns.length));
    }
}
