package io.packcache.kvcache;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Multiplicities;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Signals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Lists by name what a cache holds, its committed tokens only. */
final class CacheViews {

    private final Storage storage;
    private final TokenTable table;
    private final Archive archive;
    private final int tokens;

    private CacheViews(Storage storage, Archive archive, int tokens) {
        this.storage = storage;
        this.archive = archive;
        this.table = storage.table;
        this.tokens = tokens;
    }

    /**
     * @param archive null for none
     * @param tokens the first so many of the table
     */
    static CacheView of(Storage storage, Archive archive, int tokens) {
        return new CacheViews(storage, archive, tokens).view();
    }

    /** What a storage holds of one frame, whose tokens are listed from {@code first} to before {@code end}. */
    static FrameView frame(Storage storage, int first, int end) {
        return new CacheViews(storage, null, storage.tokens).frame(first, end);
    }

    private CacheView view() {
        List<FrameView> frames = new ArrayList<>();
        int text = table.firstOf(0, tokens);
        for (int first = text; first < tokens; ) {
            int end = table.firstOf(table.frame(first) + 1, tokens);
            frames.add(frame(first, end));
            first = end;
        }
        long bytesPerToken = storage.shape.bytesPerToken() + TokenTable.BYTES_PER_TOKEN;
        return new CacheView(storage.grid, storage.shape, text, frames, archived(), bytesPerToken, Signals.NONE);
    }

    private List<FrameView> archived() {
        return archive == null
                ? List.of()
                : archive.entries().stream().map(Archive.Entry::view).toList();
    }

    private FrameView frame(int first, int end) {
        BitSet content = new BitSet(storage.grid.contentLength());
        BitSet masked = new BitSet(storage.grid.contentLength());
        boolean condition = false;
        for (int token = first; token < end; token++) {
            if (table.content(token)) {
                content.set(table.place(token));
                masked.set(table.place(token), table.masked(token));
                condition |= table.role(token) == TokenRole.CONDITION;
            }
        }
        long frame = table.frame(first);
        EncodedFrame pages = storage.encoded(frame);
        boolean whole = storage.layouts.size() == 1 && storage.layouts.get(0).isWhole();
        return new FrameView(
                frame,
                table.slot(first),
                condition,
                whole ? Selection.everywhere(content) : held(first, end, pages),
                masked,
                multiplicities(first, end, pages),
                pages == null ? Encoding.RAW : pages.encoding(),
                archive != null && archive.entry(frame) != null);
    }

    private Selection held(int first, int end, EncodedFrame pages) {
        List<BitSet> rawOfLayout = new ArrayList<>();
        for (RowLayout layout : storage.layouts) {
            rawOfLayout.add(raw(layout, first, end));
        }
        if (pages == null && rawOfLayout.size() == 1) {
            return Selection.everywhere(rawOfLayout.get(0));
        }
        BitSet[][] cells = new BitSet[storage.shape.layers()][storage.shape.kvHeads()];
        for (Cell cell : storage.cells) {
            BitSet raw = rawOfLayout.get(storage.layouts.indexOf(cell.layout));
            cells[cell.layer][cell.head] =
                    pages == null ? raw : union(raw, pages.content().at(cell.layer, cell.head));
        }
        return Selection.byCell(cells);
    }

    private BitSet raw(RowLayout layout, int first, int end) {
        BitSet raw = new BitSet(storage.grid.contentLength());
        for (int row = layout.rowAtOrAfter(first); row < layout.rowAtOrAfter(end); row++) {
            if (table.content(layout.token(row))) {
                raw.set(table.place(layout.token(row)));
            }
        }
        return raw;
    }

    private static BitSet union(BitSet raw, BitSet encoded) {
        BitSet union = (BitSet) encoded.clone();
        union.or(raw);
        return union;
    }

    private Multiplicities multiplicities(int first, int end, EncodedFrame pages) {
        if (Arrays.stream(storage.cells).allMatch(cell -> cell.notes.multiplicities() == null)
                && (pages == null || Arrays.stream(pages.notes()).allMatch(CacheViews::plain))) {
            return Multiplicities.ONES;
        }
        float[][][] all = new float[storage.shape.layers()][storage.shape.kvHeads()][];
        for (int c = 0; c < storage.cells.length; c++) {
            Cell cell = storage.cells[c];
            float[] places = new float[storage.grid.contentLength()];
            Arrays.fill(places, 1);
            if (!plain(cell.notes)) {
                readRaw(cell, first, end, places);
            }
            if (pages != null && !plain(pages.notes()[c])) {
                readPage(pages, cell, pages.notes()[c].multiplicities(), places);
            }
            all[cell.layer][cell.head] = onlyOnes(places) ? null : places;
        }
        return Multiplicities.of(all);
    }

    private static boolean plain(RowNotes notes) {
        return notes == null || notes.multiplicities() == null;
    }

    private void readRaw(Cell cell, int first, int end, float[] places) {
        int last = cell.layout.rowAtOrAfter(end);
        for (int row = cell.layout.rowAtOrAfter(first); row < last; row++) {
            int token = cell.layout.token(row);
            if (table.content(token)) {
                places[table.place(token)] = cell.notes.multiplicities()[row];
            }
        }
    }

    private static void readPage(EncodedFrame pages, Cell cell, float[] multiplicities, float[] places) {
        BitSet content = pages.content().at(cell.layer, cell.head);
        int row = 0;
        for (int place = content.nextSetBit(0); place >= 0; place = content.nextSetBit(place + 1)) {
            places[place] = multiplicities[row++];
        }
    }

    private static boolean onlyOnes(float[] places) {
        for (float multiplicity : places) {
            if (multiplicity != 1) {
                return false;
            }
        }
        return true;
    }
}
