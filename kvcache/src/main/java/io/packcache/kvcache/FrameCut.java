package io.packcache.kvcache;

import java.util.ArrayList;
import java.util.List;

/**
 * One frame cut out of a cache: a snapshot of nothing but its tokens, rows and pages, as they lie there. What a cut holds can
 * be put into a storage of its own, changed there, and {@linkplain #insert put back} into the cache.
 */
final class FrameCut {

    private FrameCut() {}

    /**
     * Copies a frame.
     *
     * @param first its first token in the table
     * @param end behind its last
     */
    static CacheSnapshot of(Storage storage, int first, int end) {
        CacheSnapshot cut = new CacheSnapshot(storage.shape, storage.grid);
        long frame = storage.table.frame(first);
        cut.tokens = end - first;
        cut.table.copy(storage.table, first, 0, cut.tokens);
        cut.tokenNotes = storage.tokenNotes.copy(first, cut.tokens);
        cut.nextSlot = storage.table.slot(first) + 1;
        cut.newestFrame = frame;
        cut.layouts = new ArrayList<>();
        for (RowLayout layout : storage.layouts) {
            cut.layouts.add(tokens(layout, first, end));
        }
        for (int c = 0; c < cut.keys.length; c++) {
            Cell cell = storage.cells[c];
            int row = cell.layout.rowAtOrAfter(first);
            int count = cell.layout.rowAtOrAfter(end) - row;
            cut.layoutOfCell[c] = storage.layouts.indexOf(cell.layout);
            cut.keys[c] = new float[count * storage.shape.headSize()];
            cut.values[c] = new float[cut.keys[c].length];
            if (count > 0) {
                cell.keys.read(row, cut.keys[c], 0, count);
                cell.values.read(row, cut.values[c], 0, count);
            }
            cut.notes[c] = cell.notes.copy(row, count);
        }
        EncodedFrame pages = storage.encoded(frame);
        cut.encoded = pages == null ? List.of() : CacheSnapshot.copy(List.of(pages));
        return cut;
    }

    /** The frame's tokens in rows of its own; null where all of them lie in the rows of their own numbers. */
    private static int[] tokens(RowLayout layout, int first, int end) {
        int row = layout.rowAtOrAfter(first);
        int[] tokens = new int[layout.rowAtOrAfter(end) - row];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = layout.token(row + i) - first;
        }
        return tokens.length == end - first ? null : tokens;
    }

    /**
     * Puts a frame that is not held in its place among those that are.
     *
     * @param storage with all its tokens committed
     * @param frame holds nothing but the frame, as it is to stand
     */
    static void insert(Storage storage, Storage frame) {
        int at = storage.table.firstOf(frame.table.frame(0), storage.tokens);
        int count = frame.tokens;
        if (storage.table.capacity() < storage.tokens + count) {
            storage.reserveTable(storage.tokens + count);
        }
        storage.table.move(at, at + count, storage.tokens - at);
        storage.table.copy(frame.table, 0, at, count);
        storage.tokenNotes.move(at, at + count, storage.tokens - at);
        for (int token = 0; token < count; token++) {
            storage.tokenNotes.copy(frame.tokenNotes, token, at + token);
        }
        float[] buffer = new float[count * storage.shape.headSize()];
        for (int c = 0; c < storage.cells.length; c++) {
            insertRows(storage, storage.cells[c], frame.cells[c], at, buffer);
        }
        relabel(storage, frame, at);
        storage.tokens += count;
        insertPages(storage, frame);
    }

    private static void insertRows(Storage storage, Cell cell, Cell from, int token, float[] buffer) {
        int at = cell.layout.rowAtOrAfter(token);
        int count = from.rows();
        int behind = cell.rows() - at;
        if (cell.capacity() < cell.rows() + count) {
            storage.resize(cell, cell.rows() + count);
        }
        if (behind > 0) {
            storage.backend.moveRows(cell.keys, at, at + count, behind);
            storage.backend.moveRows(cell.values, at, at + count, behind);
            cell.notes.move(at, at + count, behind);
        }
        if (count > 0) {
            from.keys.read(0, buffer, 0, count);
            cell.keys.write(at, buffer, 0, count);
            from.values.read(0, buffer, 0, count);
            cell.values.write(at, buffer, 0, count);
        }
        for (int row = 0; row < count; row++) {
            cell.notes.copy(from.notes, row, at + row);
        }
    }

    /** Cells that hold the same rows now share a layout. */
    private static void relabel(Storage storage, Storage frame, int at) {
        List<RowLayout> layouts = new ArrayList<>();
        for (int c = 0; c < storage.cells.length; c++) {
            RowLayout layout = joined(storage, storage.cells[c].layout, frame.cells[c].layout, at, frame.tokens);
            RowLayout shared =
                    layouts.stream().filter(layout::sameAs).findFirst().orElse(layout);
            if (shared == layout) {
                layouts.add(layout);
            }
            storage.cells[c].layout = shared;
        }
        storage.layouts = layouts;
    }

    private static RowLayout joined(Storage storage, RowLayout held, RowLayout added, int at, int count) {
        int tokens = storage.tokens + count;
        if (held.size() + added.size() == tokens) {
            return RowLayout.whole(tokens);
        }
        int[] joined = new int[held.size() + added.size()];
        int before = held.rowAtOrAfter(at);
        for (int row = 0; row < joined.length; row++) {
            if (row < before) {
                joined[row] = held.token(row);
            } else if (row < before + added.size()) {
                joined[row] = added.token(row - before) + at;
            } else {
                joined[row] = held.token(row - added.size()) + count;
            }
        }
        return RowLayout.of(joined);
    }

    private static void insertPages(Storage storage, Storage frame) {
        for (EncodedFrame pages : frame.encoded) {
            int at = 0;
            while (at < storage.encoded.size() && storage.encoded.get(at).frame() < pages.frame()) {
                at++;
            }
            storage.encoded.add(at, pages);
        }
    }
}
