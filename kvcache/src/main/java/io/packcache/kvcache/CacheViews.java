package io.packcache.kvcache;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Reads a token table once, from the first row to the last, and lists what it holds by name. */
final class CacheViews {

    private CacheViews() {}

    static CacheView of(FrameGrid grid, CacheShape shape, TokenTable table, int rows, long bytesPerToken) {
        List<FrameView> frames = new ArrayList<>();
        int text = 0;
        for (int row = 0; row < rows; ) {
            if (table.role(row) == TokenRole.TEXT) {
                text++;
                row++;
            } else {
                int end = endOfFrame(table, row, rows);
                frames.add(frame(grid, table, row, end));
                row = end;
            }
        }
        return new CacheView(grid, shape, text, frames, bytesPerToken);
    }

    private static int endOfFrame(TokenTable table, int first, int rows) {
        int end = first + 1;
        while (end < rows && table.frame(end) == table.frame(first)) {
            end++;
        }
        return end;
    }

    private static FrameView frame(FrameGrid grid, TokenTable table, int first, int end) {
        BitSet held = new BitSet(grid.contentLength());
        BitSet masked = new BitSet(grid.contentLength());
        boolean condition = false;
        for (int row = first; row < end; row++) {
            TokenRole role = table.role(row);
            if (role != TokenRole.FRAME_MARKER) {
                held.set(table.place(row));
                masked.set(table.place(row), table.masked(row));
                condition |= role == TokenRole.CONDITION;
            }
        }
        return new FrameView(table.frame(first), table.slot(first), condition, held, masked);
    }
}
