package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A matrix of small codes, packed.
 *
 * <p>The code of (row, column) lies in word {@code row / rowsPerWord * columns + column}, see {@link Packing}. The last
 * words may be partly empty.
 */
public final class Codes {

    private final Packing packing;
    private final int rows;
    private final int columns;
    private final int[] words;

    private Codes(Packing packing, int rows, int columns, int[] words) {
        this.packing = packing;
        this.rows = rows;
        this.columns = columns;
        this.words = words;
    }

    /** Packs codes of shape (rows, columns), each below {@code packing.levels()}; bytes are taken as unsigned. */
    public static Codes of(Packing packing, byte[] codes, int rows, int columns) {
        int perWord = packing.rowsPerWord();
        int[] words = new int[words(packing, rows, columns)];
        for (int first = 0; first < rows; first += perWord) {
            int count = Math.min(perWord, rows - first);
            for (int c = 0; c < columns; c++) {
                words[first / perWord * columns + c] = packing.word(codes, first * columns + c, columns, count);
            }
        }
        return new Codes(packing, rows, columns, words);
    }

    /** Bytes of the codes of so many rows. */
    public static long bytes(Packing packing, int rows, int columns) {
        return (long) Integer.BYTES * words(packing, rows, columns);
    }

    private static int words(Packing packing, int rows, int columns) {
        return Math.multiplyExact((rows + packing.rowsPerWord() - 1) / packing.rowsPerWord(), columns);
    }

    /** How codes share words. */
    public Packing packing() {
        return packing;
    }

    /** The words, shape (ceil(rows / rowsPerWord), columns); not to be written to. */
    public int[] words() {
        return words;
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Codes in a row. */
    public int columns() {
        return columns;
    }

    long bytes() {
        return (long) Integer.BYTES * words.length;
    }

    int get(int row, int column) {
        return packing.code(words[row / packing.rowsPerWord() * columns + column], row);
    }

    Codes select(int[] kept) {
        byte[] codes = new byte[Math.multiplyExact(kept.length, columns)];
        for (int i = 0; i < kept.length; i++) {
            for (int c = 0; c < columns; c++) {
                codes[i * columns + c] = (byte) get(kept[i], c);
            }
        }
        return of(packing, codes, kept.length, columns);
    }

    long storedBytes() {
        return Byte.BYTES + bytes();
    }

    void store(ByteBuffer out) {
        out.put((byte) packing.rowsPerWord());
        StoredRows.putInts(out, words);
    }

    static Codes load(ByteBuffer in, int rows, int columns) {
        byte perWord = StoredRows.getByte(in);
        Packing packing = Arrays.stream(Packing.values())
                .filter(known -> known.rowsPerWord() == perWord)
                .findFirst()
                .orElseThrow(() -> StoredRows.broken(in, "codes of " + perWord + " rows to a word"));
        long words = (rows + (long) packing.rowsPerWord() - 1) / packing.rowsPerWord() * columns;
        return new Codes(packing, rows, columns, StoredRows.getInts(in, words));
    }
}
