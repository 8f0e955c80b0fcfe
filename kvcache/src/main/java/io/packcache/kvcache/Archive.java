package io.packcache.kvcache;

import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.snapshot.TensorFileReader;
import io.packcache.kvcache.tier.FrameCopy;
import io.packcache.kvcache.tier.FrameStore;
import io.packcache.kvcache.tier.TierException;
import io.packcache.kvcache.tier.TierSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Copies of frames that a cache may take back, and what is known of them while they are away: which tokens they have, and
 * the mean of their keys. The copies themselves lie in a {@link FrameStore}; attention never sees them.
 */
final class Archive implements AutoCloseable {

    private final Storage storage;
    private FrameStore store;
    private Map<Long, Entry> entries = new TreeMap<>();
    private int shift; // of all frames, since the archive was opened

    /**
     * A frame in the archive.
     *
     * @param view what the copy holds; its slot is -1
     * @param meanKeys by cell: the mean of the un-rotated keys, head size long; zeros where there are none
     * @param shift of the archive when the copy was made
     * @param copy where it is
     */
    record Entry(FrameView view, float[][] meanKeys, int shift, FrameCopy copy) {

        long bytes() {
            long bytes = view.held().bytes()
                    + view.masked().size() / Byte.SIZE
                    + view.multiplicities().bytes();
            for (float[] mean : meanKeys) {
                bytes += (long) mean.length * Float.BYTES;
            }
            return bytes;
        }
    }

    Archive(Storage storage, FrameStore store) {
        this.storage = storage;
        this.store = store;
    }

    /** The frame's entry, or null. */
    Entry entry(long frame) {
        return entries.get(frame);
    }

    /** All entries, in time order. */
    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    TierSettings settings() {
        return store.settings();
    }

    long hostBytes() {
        return store.hostBytes();
    }

    long diskBytes() {
        return store.diskBytes();
    }

    /** Bytes of what is known of the frames. */
    long indexBytes() {
        return entries.values().stream().mapToLong(Entry::bytes).sum();
    }

    /** Waits until a copy as large as the largest so far would fit, as far as the writer is what that waits for. */
    void awaitRoom() {
        store.awaitRoom();
    }

    /** Frames have moved on every axis since; copies are turned when they come back. */
    void shift(int by) {
        shift += by;
    }

    /**
     * The frame as it was copied, in a storage of its own; to be closed.
     *
     * @throws TierException if its file cannot be read or was altered
     */
    Storage open(Entry entry) {
        Storage scratch = new Storage(storage.backend, storage.shape, storage.grid, storage.positions);
        CacheSnapshot.of(store.read(entry.copy())).put(scratch);
        if (shift != entry.shift()) {
            Repositioning.shift(shift - entry.shift(), scratch);
        }
        return scratch;
    }

    /**
     * Holds copies of exactly these frames from now on; of those it has none of, one is made of what the cache holds. Waits
     * where the tiers are behind.
     *
     * @throws TierException if there is no room or a file cannot be written; nothing has changed then
     */
    void exchange(Collection<Long> frames) {
        Map<Long, Entry> before = entries;
        Map<Long, Entry> after = new TreeMap<>(before);
        after.keySet().retainAll(frames);
        try {
            store.retain(copies(after));
            for (long frame : new TreeSet<>(frames)) {
                if (!after.containsKey(frame)) {
                    after.put(frame, copy(frame));
                }
            }
        } catch (TierException refused) {
            store.restore(copies(before));
            throw refused;
        }
        entries = after;
    }

    private static List<FrameCopy> copies(Map<Long, Entry> entries) {
        return entries.values().stream().map(Entry::copy).toList();
    }

    private Entry copy(long frame) {
        int first = storage.table.firstOf(frame, storage.tokens);
        int end = storage.table.firstOf(frame + 1, storage.tokens);
        FrameCopy copy = store.put(frame, FrameCut.of(storage, first, end).parts());
        return entry(storage, first, end, shift, copy);
    }

    private static Entry entry(Storage storage, int first, int end, int shift, FrameCopy copy) {
        FrameView held = CacheViews.frame(storage, first, end);
        FrameView view = new FrameView(
                held.frame(), -1, false, held.held(), held.masked(), held.multiplicities(), held.encoding(), true);
        TokenRotations rotations = new TokenRotations(storage.table, storage.positions.scheme());
        float[][] means = new float[storage.cells.length][];
        for (int c = 0; c < means.length; c++) {
            CellFrame cell = new CellFrame(storage, c, first, end);
            means[c] = cell.meanKey(rotations);
        }
        return new Entry(view, means, shift, copy);
    }

    /** What a snapshot keeps of the archive: its entries as they are, since they never change. */
    Saved save() {
        return new Saved(store, shift, entries(), List.of());
    }

    /**
     * An archive as a snapshot has it.
     *
     * @param store where the copies of the entries are; null if there are no entries
     * @param shift of the archive
     * @param entries of a snapshot in memory; their copies may have been forgotten meanwhile
     * @param loaded copies of a snapshot that was read from a file
     */
    record Saved(FrameStore store, int shift, List<Entry> entries, List<SavedCopy> loaded) {

        static final Saved NONE = new Saved(null, 0, List.of(), List.of());

        boolean isEmpty() {
            return entries.isEmpty() && loaded.isEmpty();
        }

        /** Every copy, to be read from wherever it is. */
        List<SavedCopy> copies() {
            List<SavedCopy> all = new ArrayList<>(loaded);
            entries.forEach(entry -> all.add(
                    new SavedCopy(entry.shift(), () -> store.outline(entry.copy()), () -> store.read(entry.copy()))));
            return all;
        }
    }

    /**
     * A copy that can be read.
     *
     * @param shift of the archive when it was made
     * @param outline what its parts are
     * @param parts all of them
     */
    record SavedCopy(int shift, Supplier<TensorFileReader.Outline> outline, Supplier<CacheParts> parts) {}

    /**
     * Holds what a snapshot says from now on.
     *
     * @throws TierException if a copy is in no tier any more or does not fit; nothing has changed then
     */
    void restore(Saved saved) {
        Map<Long, Entry> before = entries;
        boolean own = saved.store() == store || saved.isEmpty();
        List<Entry> known = own ? saved.entries() : List.of();
        List<SavedCopy> foreign = own ? saved.loaded() : saved.copies();
        Map<Long, Entry> after = new TreeMap<>();
        store.restore(known.stream().map(Entry::copy).toList());
        known.forEach(entry -> after.put(entry.view().frame(), entry));
        try {
            for (SavedCopy copy : foreign) {
                Entry entry = adopt(copy);
                after.put(entry.view().frame(), entry);
            }
        } catch (TierException refused) {
            store.restore(copies(before));
            throw refused;
        }
        entries = after;
        shift = saved.shift();
    }

    private Entry adopt(SavedCopy saved) {
        Storage scratch = new Storage(storage.backend, storage.shape, storage.grid, storage.positions);
        try {
            CacheParts parts = saved.parts().get();
            CacheSnapshot.of(parts).put(scratch);
            long frame = scratch.table.frame(0);
            return entry(scratch, 0, scratch.tokens, saved.shift(), store.put(frame, parts));
        } finally {
            scratch.close();
        }
    }

    /** Moves all copies into other tiers. */
    void move(FrameStore other) {
        Map<Long, Entry> moved = new TreeMap<>();
        try {
            for (Entry entry : entries.values()) {
                long frame = entry.view().frame();
                FrameCopy copy = other.put(frame, store.read(entry.copy()));
                moved.put(frame, new Entry(entry.view(), entry.meanKeys(), entry.shift(), copy));
            }
        } catch (TierException refused) {
            other.close();
            throw refused;
        }
        store.close();
        store = other;
        entries = moved;
    }

    @Override
    public void close() {
        entries = new TreeMap<>();
        store.close();
    }
}
