package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Rows of bfloat16, two to a word.
 *
 * <p>Word {@code row / 2 * columns + column} holds an even row in its lower and the odd row after it in its upper half.
 */
public final class Bfloat16Rows implements EncodedRows {

    static final byte TAG = 1;

    private static final int ROWS_PER_WORD = 2;
    private static final int UPPER = 0xFFFF_0000;

    private final int rows;
    private final int columns;
    private final int[] words;

    private Bfloat16Rows(int rows, int columns, int[] words) {
        this.rows = rows;
        this.columns = columns;
        this.words = words;
    }

    /** Rounds values of shape (rows, columns) to the nearest. */
    public static Bfloat16Rows nearest(float[] values, int rows, int columns) {
        Bfloat16Rows made = new Bfloat16Rows(rows, columns, new int[words(rows, columns)]);
        for (int i = 0; i < rows * columns; i++) {
            made.put(i / columns, i % columns, Bfloat16.nearest(values[i]));
        }
        return made;
    }

    /** Bytes of so many rows. */
    public static long bytes(int rows, int columns) {
        return (long) Integer.BYTES * words(rows, columns);
    }

    private static int words(int rows, int columns) {
        return Math.multiplyExact((rows + 1) / ROWS_PER_WORD, columns);
    }

    private void put(int row, int column, short half) {
        words[row / ROWS_PER_WORD * columns + column] |= row % ROWS_PER_WORD == 0 ? half & 0xFFFF : half << 16;
    }

    private short half(int row, int column) {
        int word = words[row / ROWS_PER_WORD * columns + column];
        return (short) (row % ROWS_PER_WORD == 0 ? word : word >>> 16);
    }

    /** The words, shape (ceil(rows / 2), columns); not to be written to. */
    public int[] words() {
        return words;
    }

    /** One value. */
    float get(int row, int column) {
        int word = words[row / ROWS_PER_WORD * columns + column];
        return Float.intBitsToFloat(row % ROWS_PER_WORD == 0 ? word << 16 : word & UPPER);
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
        return (long) Integer.BYTES * words.length;
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        Objects.checkFromIndexSize(firstRow, count, rows);
        for (int r = 0; r < count; r++) {
            for (int c = 0; c < columns; c++) {
                target[offset + r * columns + c] = get(firstRow + r, c);
            }
        }
    }

    @Override
    public Bfloat16Rows select(int[] kept) {
        Bfloat16Rows left = new Bfloat16Rows(kept.length, columns, new int[words(kept.length, columns)]);
        for (int i = 0; i < kept.length; i++) {
            for (int c = 0; c < columns; c++) {
                left.put(i, c, half(kept[i], c));
            }
        }
        return left;
    }

    @Override
    public int storedBytes() {
        return StoredRows.withHead(bytes());
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, TAG, this);
        StoredRows.putInts(out, words);
    }

    static Bfloat16Rows load(ByteBuffer in, int rows, int columns) {
        return new Bfloat16Rows(rows, columns, StoredRows.getInts(in, (rows + 1L) / ROWS_PER_WORD * columns));
    }
}
