package io.packcache.kvcache;

import java.util.Arrays;

/**
 * Which token of the {@link TokenTable} lies in each raw row. Cells that hold the same tokens share one layout; while a
 * cache holds the same raw tokens everywhere, row and token are the same number and a layout takes no memory.
 */
final class RowLayout {

    private int[] tokens; // ascending; null while every token lies in the row of its own number
    private int size;

    private RowLayout(int[] tokens, int size) {
        this.tokens = tokens;
        this.size = size;
    }

    /** Every token of a table of {@code size} tokens in the row of its own number. */
    static RowLayout whole(int size) {
        return new RowLayout(null, size);
    }

    /** Some tokens of a larger table, in ascending order; the array is kept. */
    static RowLayout of(int[] tokens) {
        return new RowLayout(tokens, tokens.length);
    }

    /** Rows in use. */
    int size() {
        return size;
    }

    /** Whether row and token are the same number. */
    boolean isWhole() {
        return tokens == null;
    }

    int token(int row) {
        return tokens == null ? row : tokens[row];
    }

    /** The first row whose token is not before {@code token}. */
    int rowAtOrAfter(int token) {
        if (tokens == null) {
            return Math.min(token, size);
        }
        int found = Arrays.binarySearch(tokens, 0, size, token);
        return found >= 0 ? found : -found - 1;
    }

    /** The tokens of all rows. */
    int[] toArray() {
        int[] all = new int[size];
        Arrays.setAll(all, this::token);
        return all;
    }

    /** Rows there is memory for; no end to it where none is needed. */
    int capacity() {
        return tokens == null ? Integer.MAX_VALUE : tokens.length;
    }

    /** Makes room for exactly this many rows, at least those in use. */
    void reserve(int rows) {
        if (tokens != null && tokens.length != rows) {
            tokens = Arrays.copyOf(tokens, rows);
        }
    }

    /** Adds rows for {@code count} tokens from {@code firstToken} on, which is the table's end. */
    void append(int firstToken, int count) {
        for (int i = 0; tokens != null && i < count; i++) {
            tokens[size + i] = firstToken + i;
        }
        size += count;
    }

    void truncate(int rows) {
        size = rows;
    }

    /** Bytes of the array, exactly; its header is not counted. */
    long bytes() {
        return tokens == null ? 0 : (long) tokens.length * Integer.BYTES;
    }

    boolean sameAs(RowLayout other) {
        return isWhole() == other.isWhole()
                && size == other.size
                && (isWhole() || Arrays.equals(tokens, 0, size, other.tokens, 0, size));
    }
}
