package io.packcache.kvcache.compute.rows;

/**
 * How many small codes share a 32-bit word.
 *
 * <p>The codes of a word belong to one column and to consecutive rows, so that neighbouring words of one row decode to
 * neighbouring columns with the same shift: a vector of words needs no shuffle, whatever its width.
 */
public enum Packing {
    /** 32 rows of one bit. */
    BITS1(32, 2),
    /** 16 rows of two bits. */
    BITS2(16, 4),
    /** 8 rows of four bits. */
    BITS4(8, 16),
    /** 4 rows of eight bits. */
    BITS8(4, 256),
    /**
     * 20 rows of three levels, 1.6 bits each: five in a byte.
     *
     * <p>A byte holds the fraction {@code ceil(256/243 * sum of t[i] * 3^(4-i))}; multiplied by 3^i modulo 256 and then
     * by 3, its overflow is the digit t[i]. So a digit costs two multiplications and no division.
     */
    TRITS(20, 3);

    static final int TRITS_PER_BYTE = 5;

    private static final int[] POWERS_OF_3 = {1, 3, 9, 27, 81, 243};

    private final int rowsPerWord;
    private final int levels;

    Packing(int rowsPerWord, int levels) {
        this.rowsPerWord = rowsPerWord;
        this.levels = levels;
    }

    /** Rows whose codes share a word. */
    public int rowsPerWord() {
        return rowsPerWord;
    }

    /** Different codes: 0 to {@code levels - 1}. */
    public int levels() {
        return levels;
    }

    /** By how much a word is shifted right to bring the code, or the byte of five trits, of this row to its low end. */
    public int shift(int row) {
        int slot = row % rowsPerWord;
        return this == TRITS ? slot / TRITS_PER_BYTE * Byte.SIZE : slot * (Integer.SIZE / rowsPerWord);
    }

    /** For trits: the power of three that brings this row's digit to the top of its byte. */
    public static int tritFactor(int row) {
        return POWERS_OF_3[row % TRITS_PER_BYTE];
    }

    /** The code of {@code row} in its word. */
    int code(int word, int row) {
        int low = word >>> shift(row);
        if (this != TRITS) {
            return low & (levels - 1);
        }
        int fraction = (low & 0xFF) * tritFactor(row) & 0xFF;
        return (fraction * 3) >>> Byte.SIZE;
    }

    /** A word of the codes of up to {@code rowsPerWord} rows, {@code stride} apart. */
    int word(byte[] codes, int at, int stride, int rows) {
        int word = 0;
        if (this == TRITS) {
            for (int first = 0; first < rows; first += TRITS_PER_BYTE) {
                int digits = 0;
                for (int i = 0; i < TRITS_PER_BYTE; i++) {
                    digits = digits * 3 + (first + i < rows ? codes[at + (first + i) * stride] : 0);
                }
                int fraction = (digits * 256 + 242) / 243;
                word |= fraction << shift(first);
            }
            return word;
        }
        for (int row = 0; row < rows; row++) {
            word |= (codes[at + row * stride] & 0xFF) << shift(row);
        }
        return word;
    }
}
