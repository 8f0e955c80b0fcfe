package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Which rows share a row of tables: runs of consecutive rows, or every row its own. */
public final class Groups {

    private final int rows;

    /** End (exclusive) of each run of rows, ascending; null if every row stands alone. */
    private final int[] ends;

    private Groups(int rows, int[] ends) {
        this.rows = rows;
        this.ends = ends;
    }

    /** Every row has tables of its own. */
    public static Groups single(int rows) {
        return new Groups(rows, null);
    }

    /** {@code length} rows share tables; the last group may be shorter. */
    public static Groups runs(int rows, int length) {
        int[] ends = new int[(int) (((long) rows + length - 1) / length)];
        Arrays.setAll(ends, g -> (int) Math.min(rows, (g + 1L) * length));
        return new Groups(rows, ends);
    }

    /** Number of groups. */
    public int count() {
        return ends == null ? rows : ends.length;
    }

    /** First row of a group. */
    public int start(int group) {
        return ends == null ? group : group == 0 ? 0 : ends[group - 1];
    }

    /** Row behind the last of a group. */
    public int end(int group) {
        return ends == null ? group + 1 : ends[group];
    }

    /** Group of a row. */
    public int of(int row) {
        if (ends == null) {
            return row;
        }
        int found = Arrays.binarySearch(ends, row + 1);
        return found < 0 ? -found - 1 : found;
    }

    long bytes() {
        return ends == null ? 0 : (long) Integer.BYTES * ends.length;
    }

    /** The groups that keep a row, ascending. */
    int[] touched(int[] kept) {
        return Arrays.stream(kept).map(this::of).distinct().toArray();
    }

    Groups select(int[] kept) {
        if (ends == null) {
            return single(kept.length);
        }
        int[] left = new int[touched(kept).length];
        int group = -1;
        for (int i = 0, last = -1; i < kept.length; i++) {
            if (of(kept[i]) != last) {
                last = of(kept[i]);
                group++;
            }
            left[group] = i + 1;
        }
        return new Groups(kept.length, left);
    }

    void store(ByteBuffer out) {
        out.putInt(ends == null ? 0 : ends.length);
        StoredRows.putInts(out, ends == null ? new int[0] : ends);
    }

    static Groups load(ByteBuffer in, int rows) {
        int[] ends = StoredRows.getInts(in, StoredRows.getInt(in));
        int last = 0;
        for (int end : ends) {
            if (end <= last || end > rows) {
                throw StoredRows.broken(in, "a group that ends at row " + end + " after " + last + " of " + rows);
            }
            last = end;
        }
        if (ends.length > 0 && last != rows) {
            throw StoredRows.broken(in, "groups that end at row " + last + " of " + rows);
        }
        return new Groups(rows, ends.length == 0 ? null : ends);
    }
}
