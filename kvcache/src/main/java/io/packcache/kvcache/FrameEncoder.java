package io.packcache.kvcache;

import io.packcache.kvcache.codec.LayerMerge;
import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.rows.PairedRows;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Selection;
import java.util.Arrays;
import java.util.BitSet;

/** Makes the pages of a frame, or keeps a part of the pages it has. */
final class FrameEncoder {

    private final Storage storage;
    private final Folding folding;

    FrameEncoder(Storage storage, Folding folding) {
        this.storage = storage;
        this.folding = folding;
    }

    /** Whether the frame's content must be encoded, because the plan says so or something is folded into its pages. */
    boolean encodes(PlannedFrame frame) {
        if (frame.plan() == null) {
            return false;
        }
        Encoding wanted = frame.plan().encoding();
        boolean changes = !wanted.raw()
                && (frame.pages() == null || !frame.pages().encoding().equals(wanted) || holdsRaw(frame));
        return changes || folding.intoPage(frame);
    }

    private boolean holdsRaw(PlannedFrame frame) {
        for (RowLayout layout : storage.layouts) {
            int end = layout.rowAtOrAfter(frame.end());
            for (int row = layout.rowAtOrAfter(frame.first()); row < end; row++) {
                if (storage.table.content(layout.token(row))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The pages of what stays, encoded anew as the keys stand now; null if nothing stays. */
    EncodedFrame encode(PlannedFrame frame) {
        Encoding wanted = frame.plan().encoding();
        Encoding encoding = wanted.raw() ? frame.pages().encoding() : wanted;
        Page[] pages = new Page[storage.cells.length];
        RowNotes[] notes = new RowNotes[pages.length];
        BitSet[][] content = new BitSet[storage.shape.layers()][storage.shape.kvHeads()];
        Stays[] stays = new Stays[pages.length];
        for (int c = 0; c < pages.length; c++) {
            stays[c] = stays[c] == null ? stays(frame, c) : stays[c];
            content[storage.cells[c].layer][storage.cells[c].head] = stays[c].content;
            notes[c] = stays[c].notes;
            if (pages[c] == null && stays[c].count > 0) {
                encode(frame, encoding, c, stays, pages);
            }
            stays[c] = null;
        }
        long slot = storage.table.slot(frame.first());
        return orNull(new EncodedFrame(
                storage.table.frame(frame.first()), slot, 0, encoding, Selection.byCell(content), pages, notes));
    }

    /** Fills the page of a cell, and that of the layer it is paired with. */
    private void encode(PlannedFrame frame, Encoding encoding, int c, Stays[] stays, Page[] pages) {
        int size = storage.shape.headSize();
        Stays own = stays[c];
        if (encoding.pairs() == null || !encoding.pairs().leads(storage.cells[c].layer, storage.shape.layers())) {
            pages[c] = own.page(
                    encoding.keys().encode(own.keys, own.count, size),
                    encoding.values().encode(own.values, own.count, size));
            return;
        }
        int partner = c + storage.shape.kvHeads();
        Stays other = stays(frame, partner);
        LayerPairs pairs = encoding.pairs();
        PairedRows[] keys = LayerMerge.encode(own.keys, other.keys, own.count, size, pairs, encoding.keys());
        PairedRows[] values = LayerMerge.encode(own.values, other.values, own.count, size, pairs, encoding.values());
        pages[c] = own.page(keys[0], values[0]);
        pages[partner] = other.page(keys[1], values[1]);
        stays[partner] = other;
    }

    /** What stays of a frame in one cell, with what is folded into it. */
    private Stays stays(PlannedFrame frame, int c) {
        Cell cell = storage.cells[c];
        int size = storage.shape.headSize();
        CellFrame held = new CellFrame(storage, c, frame.first(), frame.end());
        float[] keys = held.keys();
        float[] values = held.values();
        RowNotes all = held.notes();
        folding.overlay(c, held, keys, values, all);
        BitSet kept = frame.plan().kept().at(cell.layer, cell.head);
        BitSet content = new BitSet(storage.grid.contentLength());
        RowNotes notes = new RowNotes(held.size());
        int count = 0;
        for (int i = 0; i < held.size(); i++) {
            int place = storage.table.place(held.token(i));
            if (kept.get(place)) {
                content.set(place);
                System.arraycopy(keys, i * size, keys, count * size, size);
                System.arraycopy(values, i * size, values, count * size, size);
                notes.copy(all, i, count++);
            }
        }
        return new Stays(content, keys, values, count == 0 ? null : notes.copy(count), count);
    }

    /**
     * Rows that stay in one cell.
     *
     * @param keys as they stand now; longer than {@code count} rows
     * @param values as {@code keys}
     * @param notes null if there are no rows
     */
    private record Stays(BitSet content, float[] keys, float[] values, RowNotes notes, int count) {

        Page page(EncodedRows encodedKeys, EncodedRows encodedValues) {
            return new Page(encodedKeys, encodedValues, null, null, notes.bias());
        }
    }

    /** The part of the frame's pages that stays, its codes as they are; null if nothing stays. */
    EncodedFrame select(PlannedFrame frame) {
        EncodedFrame old = frame.pages();
        Selection kept = frame.plan().kept();
        if (old.content().isWithin(kept, storage.shape)) {
            return old;
        }
        Page[] pages = new Page[storage.cells.length];
        RowNotes[] notes = new RowNotes[pages.length];
        BitSet[][] content = new BitSet[storage.shape.layers()][storage.shape.kvHeads()];
        for (int c = 0; c < pages.length; c++) {
            Cell cell = storage.cells[c];
            int leading = c - storage.shape.kvHeads();
            content[cell.layer][cell.head] = select(
                    old,
                    c,
                    kept.at(cell.layer, cell.head),
                    old.content().at(cell.layer, cell.head),
                    leading < 0 ? null : pages[leading],
                    pages,
                    notes);
        }
        return orNull(new EncodedFrame(
                old.frame(), old.slot(), old.shift(), old.encoding(), Selection.byCell(content), pages, notes));
    }

    /** @param leading what was selected in the layer before */
    private static BitSet select(
            EncodedFrame old, int c, BitSet kept, BitSet content, Page leading, Page[] pages, RowNotes[] notes) {
        BitSet stays = new BitSet(content.length());
        int[] rows = new int[content.cardinality()];
        int row = 0;
        int count = 0;
        for (int place = content.nextSetBit(0); place >= 0; place = content.nextSetBit(place + 1)) {
            if (kept.get(place)) {
                stays.set(place);
                rows[count++] = row;
            }
            row++;
        }
        if (count > 0) {
            int[] selected = Arrays.copyOf(rows, count);
            notes[c] = new RowNotes(count);
            for (int i = 0; i < count; i++) {
                notes[c].copy(old.notes()[c], selected[i], i);
            }
            Page page = old.pages()[c];
            pages[c] = new Page(
                    select(page.keys(), selected, leading == null ? null : leading.keys()),
                    select(page.values(), selected, leading == null ? null : leading.values()),
                    page.cos(),
                    page.sin(),
                    notes[c].bias());
        }
        return stays;
    }

    private static EncodedRows select(EncodedRows rows, int[] selected, EncodedRows leading) {
        return rows instanceof PairedRows paired && !paired.leads()
                ? paired.selectBehind((PairedRows) leading, selected)
                : rows.select(selected);
    }

    private static EncodedFrame orNull(EncodedFrame frame) {
        return frame.content().isEmpty() ? null : frame;
    }
}
