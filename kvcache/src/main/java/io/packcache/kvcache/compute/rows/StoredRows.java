package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;

/**
 * Encoded rows in a file: a tag, rows and columns, then the arrays of the format, in the byte order of the buffer.
 *
 * <p>What is read is not trusted: no array is reserved before the bytes for it are known to be there, and an index that
 * would lead outside is refused with its offset.
 */
public final class StoredRows {

    /** Largest number of rows or columns that is believed. */
    private static final int LARGEST = 1 << 24;

    private StoredRows() {}

    /**
     * Reads what {@link EncodedRows#store} wrote and leaves the position behind it.
     *
     * @throws IllegalArgumentException if the bytes are no encoded rows; the message names the offset
     */
    public static EncodedRows load(ByteBuffer in) {
        return load(in, null);
    }

    /**
     * The same for rows that may share with others.
     *
     * @param leading rows that own what these share, see {@link PairedRows}; null if there are none
     */
    public static EncodedRows load(ByteBuffer in, EncodedRows leading) {
        byte tag = getByte(in);
        int rows = getInt(in);
        int columns = getInt(in);
        if (rows < 1 || rows > LARGEST || columns < 1 || columns > LARGEST) {
            throw broken(in, rows + " rows of " + columns + " columns");
        }
        return switch (tag) {
            case FloatRows.TAG -> FloatRows.load(in, rows, columns);
            case Bfloat16Rows.TAG -> Bfloat16Rows.load(in, rows, columns);
            case PackedRows.TAG -> PackedRows.load(in, rows, columns);
            case HadamardRows.TAG -> HadamardRows.load(in, rows, columns);
            case SpectralRows.TAG -> SpectralRows.load(in, rows, columns);
            case LowRankRows.TAG -> LowRankRows.load(in, rows, columns);
            case PairedRows.TAG_LEADING -> PairedRows.loadLeading(in, rows, columns);
            case PairedRows.TAG_FOLLOWING -> PairedRows.loadFollowing(in, rows, columns, leading);
            default -> throw broken(in, "rows in the unknown format " + tag);
        };
    }

    /** Reads rows inside other rows: their format and shape are known. */
    static <R extends EncodedRows> R load(ByteBuffer in, Class<R> format, byte tag, int rows, int columns) {
        // Looked at before anything is read, so that a file cannot nest formats without end.
        if (in.remaining() < 1 || in.get(in.position()) != tag) {
            throw broken(in, "no " + format.getSimpleName() + " where they belong");
        }
        R loaded = format.cast(load(in));
        if (loaded.rows() != rows || loaded.columns() != columns) {
            String shape = "(" + loaded.rows() + ", " + loaded.columns() + ")";
            throw broken(in, "rows of shape " + shape + " where (" + rows + ", " + columns + ") belong");
        }
        return loaded;
    }

    static IllegalArgumentException broken(ByteBuffer in, String found) {
        return new IllegalArgumentException("stored rows are broken before byte " + in.position() + ": " + found);
    }

    /** Bytes of a format with its tag, rows and columns. */
    static int withHead(long bytes) {
        return Math.toIntExact(Byte.BYTES + 2 * Integer.BYTES + bytes);
    }

    static void putHead(ByteBuffer out, byte tag, EncodedRows rows) {
        out.put(tag).putInt(rows.rows()).putInt(rows.columns());
    }

    static void putInts(ByteBuffer out, int[] values) {
        for (int value : values) {
            out.putInt(value);
        }
    }

    static void putShorts(ByteBuffer out, short[] values) {
        for (short value : values) {
            out.putShort(value);
        }
    }

    static byte getByte(ByteBuffer in) {
        return in.get(take(in, 1, Byte.BYTES));
    }

    static int getInt(ByteBuffer in) {
        return in.getInt(take(in, 1, Integer.BYTES));
    }

    static float getFloat(ByteBuffer in) {
        return in.getFloat(take(in, 1, Float.BYTES));
    }

    static byte[] getBytes(ByteBuffer in, long count) {
        int at = take(in, count, Byte.BYTES);
        byte[] values = new byte[(int) count];
        in.get(at, values);
        return values;
    }

    static short[] getShorts(ByteBuffer in, long count) {
        int at = take(in, count, Short.BYTES);
        short[] values = new short[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getShort(at + i * Short.BYTES);
        }
        return values;
    }

    static int[] getInts(ByteBuffer in, long count) {
        int at = take(in, count, Integer.BYTES);
        int[] values = new int[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getInt(at + i * Integer.BYTES);
        }
        return values;
    }

    /** Moves past {@code count} values if they are there, and says where they begin. */
    private static int take(ByteBuffer in, long count, int size) {
        int at = in.position();
        if (count < 0 || count * size > in.remaining()) {
            throw broken(in, count + " values of " + size + " bytes claimed, " + in.remaining() + " bytes left");
        }
        in.position(at + (int) count * size);
        return at;
    }
}
