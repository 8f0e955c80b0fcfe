package io.packcache.kvcache;

import io.packcache.kvcache.plan.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * All committed tokens of a cache, exactly: rows, pages, tables, positions and what signals have accumulated. Made by
 * {@link KvCache#snapshot}, put back by {@link KvCache#restore}, any number of times, also into another cache of the same
 * shape and grid.
 *
 * <p>Holds a copy of the raw rows; pages and copies in the archive never change and are shared. A copy that was forgotten
 * since may be in no tier any more when a snapshot in memory is put back, which is refused then.
 */
public final class CacheSnapshot {

    final CacheShape shape;
    final FrameGrid grid;
    final TokenTable table = new TokenTable();
    final float[][] keys; // by cell, then rows x head size, longer if reused
    final float[][] values; // same
    final RowNotes[] notes; // by cell
    RowNotes tokenNotes = new RowNotes(0);
    int tokens;
    List<int[]> layouts = List.of(); // tokens by raw row; null where every token lies in the row of its own number
    int[] layoutOfCell;
    List<EncodedFrame> encoded = List.of();
    long nextSlot;
    long newestFrame;
    ProbeState probes = ProbeState.NONE;
    Set<Signal> collected = Set.of(); // signals, so that what can only be noted while a frame is stored is not missed
    Archive.Saved archive = Archive.Saved.NONE;

    CacheSnapshot(CacheShape shape, FrameGrid grid) {
        this.shape = shape;
        this.grid = grid;
        this.keys = new float[shape.cells()][];
        this.values = new float[shape.cells()][];
        this.notes = new RowNotes[shape.cells()];
        this.layoutOfCell = new int[shape.cells()];
        for (int cell = 0; cell < notes.length; cell++) {
            keys[cell] = new float[0];
            values[cell] = new float[0];
            notes[cell] = new RowNotes(0);
        }
    }

    /** What is stored per token. */
    public CacheShape shape() {
        return shape;
    }

    /** Layout of a frame. */
    public FrameGrid grid() {
        return grid;
    }

    /** Tokens held by at least one layer and head. */
    public int size() {
        return tokens;
    }

    /** Number of the newest latent frame that ever entered the cache; -1 if none did. */
    public long newestFrame() {
        return newestFrame;
    }

    /** The snapshot taken apart for a file; the arrays are its own. Copies in the archive are read later, from wherever they are then. */
    public CacheParts parts() {
        return SnapshotWriter.parts(this);
    }

    /**
     * Puts a snapshot together from parts, which are not trusted.
     *
     * @throws IllegalArgumentException if they are no snapshot of any cache; nothing is allocated beyond what the arrays
     *     explain
     */
    public static CacheSnapshot of(CacheParts parts) {
        return SnapshotReader.read(parts);
    }

    /** Raw rows of a cell. */
    int rows(int cell) {
        int[] layout = layouts.get(layoutOfCell[cell]);
        return layout == null ? tokens : layout.length;
    }

    /** Copies all of a storage, whose tokens are all committed. */
    void take(Storage storage) {
        tokens = storage.tokens;
        table.copy(storage.table, tokens);
        tokenNotes = storage.tokenNotes.copy(tokens);
        layouts = new ArrayList<>();
        for (RowLayout layout : storage.layouts) {
            layouts.add(layout.isWhole() ? null : layout.toArray());
        }
        for (int c = 0; c < keys.length; c++) {
            Cell cell = storage.cells[c];
            layoutOfCell[c] = storage.layouts.indexOf(cell.layout);
            int length = cell.rows() * shape.headSize();
            if (keys[c].length < length) {
                keys[c] = new float[cell.capacity() * shape.headSize()];
                values[c] = new float[keys[c].length];
            }
            if (cell.rows() > 0) {
                cell.keys.read(0, keys[c], 0, cell.rows());
                cell.values.read(0, values[c], 0, cell.rows());
            }
            notes[c] = cell.notes.copy(cell.rows());
        }
        encoded = copy(storage.encoded);
    }

    /** Puts all of it into a storage in place of what it held. */
    void put(Storage storage) {
        storage.clear();
        storage.reserveTable(Math.max(storage.table.capacity(), tokens));
        storage.table.copy(table, tokens);
        storage.tokenNotes.take(tokenNotes, tokens);
        storage.tokens = tokens;
        storage.layouts = new ArrayList<>();
        for (int[] layout : layouts) {
            storage.layouts.add(layout == null ? RowLayout.whole(tokens) : RowLayout.of(layout.clone()));
        }
        for (int c = 0; c < keys.length; c++) {
            Cell cell = storage.cells[c];
            int rows = rows(c);
            if (cell.capacity() < rows) {
                storage.resize(cell, rows);
            }
            if (rows > 0) {
                cell.keys.write(0, keys[c], 0, rows);
                cell.values.write(0, values[c], 0, rows);
            }
            cell.notes.take(notes[c], rows);
            cell.layout = storage.layouts.get(layoutOfCell[c]);
        }
        storage.encoded = copy(encoded);
    }

    /** Bytes that a cache takes to hold it, without slack. */
    long bytes() {
        long bytes = tokens * (TokenTable.BYTES_PER_TOKEN + tokenNotes.bytesPerRow());
        for (int[] layout : layouts) {
            bytes += layout == null ? 0 : (long) layout.length * Integer.BYTES;
        }
        for (int c = 0; c < keys.length; c++) {
            bytes += rows(c) * (2L * shape.headSize() * Float.BYTES + notes[c].bytesPerRow());
        }
        return bytes + encoded.stream().mapToLong(EncodedFrame::bytes).sum();
    }

    /** Raw and encoded rows of all cells together. */
    long entries() {
        long entries = 0;
        for (int c = 0; c < keys.length; c++) {
            entries += rows(c);
        }
        return entries
                + encoded.stream()
                        .mapToLong(frame -> frame.content().entries(shape))
                        .sum();
    }

    /** Attention accumulates in place, all else of an encoded frame never changes. */
    static List<EncodedFrame> copy(List<EncodedFrame> frames) {
        List<EncodedFrame> copies = new ArrayList<>();
        for (EncodedFrame frame : frames) {
            RowNotes[] notes = Arrays.stream(frame.notes())
                    .map(each -> each == null ? null : each.fork())
                    .toArray(RowNotes[]::new);
            copies.add(frame.withNotes(notes));
        }
        return copies;
    }
}
