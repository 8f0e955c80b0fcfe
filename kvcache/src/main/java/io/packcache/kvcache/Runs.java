package io.packcache.kvcache;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import java.util.Arrays;

/** Rows that stay, as stretches of adjacent ones that close up towards the front together. Kept in ascending order. */
final class Runs {

    private int[] from = new int[16];
    private int[] length = new int[16];
    private int count;
    private int kept;

    /** The row stays; it is behind all that stayed before. */
    void keep(int row) {
        if (count > 0 && from[count - 1] + length[count - 1] == row) {
            length[count - 1]++;
        } else {
            if (count == from.length) {
                from = Arrays.copyOf(from, 2 * count);
                length = Arrays.copyOf(length, 2 * count);
            }
            from[count] = row;
            length[count++] = 1;
        }
        kept++;
    }

    /** Rows that stay. */
    int kept() {
        return kept;
    }

    /** The rows that stay, in order. */
    int[] toArray() {
        int[] rows = new int[kept];
        int to = 0;
        for (int run = 0; run < count; run++) {
            for (int i = 0; i < length[run]; i++) {
                rows[to++] = from[run] + i;
            }
        }
        return rows;
    }

    void move(Backend backend, Tensor[] tensors) {
        backend.closeUp(tensors, from, length, count);
    }

    void move(RowNotes notes) {
        int to = 0;
        for (int run = 0; run < count; run++) {
            notes.move(from[run], to, length[run]);
            to += length[run];
        }
    }

    void move(TokenTable table) {
        int to = 0;
        for (int run = 0; run < count; run++) {
            if (from[run] != to) {
                table.move(from[run], to, length[run]);
            }
            to += length[run];
        }
    }
}
