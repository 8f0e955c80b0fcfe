package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** Up to 256 mean rows in bfloat16 and, where there are several, a byte per row that names its own. */
public final class Centroids {

    /** As many as a byte can name. */
    public static final int MOST = 256;

    private final Bfloat16Rows table;
    private final byte[] ids;

    /**
     * Takes both over.
     *
     * @param table shape (1 to {@value #MOST}, columns)
     * @param ids one per row, unsigned; ignored if the table has one row
     */
    public Centroids(Bfloat16Rows table, byte[] ids) {
        this.table = table;
        this.ids = table.rows() == 1 ? new byte[0] : ids;
    }

    /** Bytes of so many centroids for so many rows. */
    public static long bytes(int centroids, int rows, int columns) {
        return Bfloat16Rows.bytes(centroids, columns) + (centroids == 1 ? 0 : rows);
    }

    /** The mean rows. */
    public Bfloat16Rows table() {
        return table;
    }

    /** Row of the table that belongs to {@code row}. */
    public int id(int row) {
        return ids.length == 0 ? 0 : ids[row] & 0xFF;
    }

    float get(int row, int column) {
        return table.get(id(row), column);
    }

    long bytes() {
        return table.bytes() + ids.length;
    }

    Centroids select(int[] kept) {
        int[] used = IntStream.of(kept).map(this::id).distinct().sorted().toArray();
        byte[] renamed = new byte[MOST];
        for (int i = 0; i < used.length; i++) {
            renamed[used[i]] = (byte) i;
        }
        byte[] left = new byte[kept.length];
        for (int i = 0; i < kept.length; i++) {
            left[i] = renamed[id(kept[i])];
        }
        return new Centroids(table.select(used), left);
    }

    long storedBytes() {
        return Integer.BYTES + bytes();
    }

    void store(ByteBuffer out) {
        out.putInt(table.rows());
        StoredRows.putInts(out, table.words());
        out.put(ids);
    }

    static Centroids load(ByteBuffer in, int rows, int columns) {
        int count = StoredRows.getInt(in);
        if (count < 1 || count > MOST) {
            throw StoredRows.broken(in, count + " centroids");
        }
        Bfloat16Rows table = Bfloat16Rows.load(in, count, columns);
        byte[] ids = count == 1 ? new byte[0] : StoredRows.getBytes(in, rows);
        for (byte id : ids) {
            if ((id & 0xFF) >= count) {
                throw StoredRows.broken(in, "centroid " + (id & 0xFF) + " of " + count);
            }
        }
        return new Centroids(table, ids);
    }
}
