package io.packcache.kvcache;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.tier.FrameStore;
import io.packcache.kvcache.tier.TierBytes;
import io.packcache.kvcache.tier.TierSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Keys and values of one guidance branch between frames: per layer and KV head packed raw rows and pages of encoded ones,
 * and one {@link TokenTable} of all tokens that are held anywhere.
 *
 * <p>Append is staged: {@link #stage} reserves rows at the tail, the model writes their keys and values and may attend to
 * them, and {@link #commit} keeps them or {@link #rollback} forgets them. Rows are in sequence order and have no holes.
 * {@link #apply} changes what is held, as a policy planned it; heads may hold different tokens then.
 *
 * <p>Capacity grows by two frames at a time up to the {@link CacheBudget}, so a cache whose size stays within bounds stops
 * allocating. Used by one thread at a time.
 */
public final class KvCache implements AutoCloseable {

    private final Storage storage;
    private final Reservation reservation;
    private final Staging staging;
    private final Probes probes;
    private final PlanCheck check;
    private final Compaction compaction;
    private Archive archive; // null before tiers are opened

    private boolean closed;

    /**
     * An empty cache; memory is reserved when the first tokens arrive.
     *
     * @param backend where the rows live; stays open as long as the cache
     * @param shape what is stored per token
     * @param grid layout of a frame
     * @param positions how keys are rotated and frames move on the time axis
     * @param budget hard limit, checked before anything is written
     */
    public KvCache(Backend backend, CacheShape shape, FrameGrid grid, Positions positions, CacheBudget budget) {
        this.storage = new Storage(backend, shape, grid, positions);
        this.reservation = new Reservation(storage, budget);
        this.staging = new Staging(storage, reservation);
        this.probes = new Probes(storage);
        this.check = new PlanCheck(storage);
        this.compaction = new Compaction(storage);
    }

    Storage storage() {
        return storage;
    }

    /** What is stored per token. */
    public CacheShape shape() {
        return storage.shape;
    }

    /** Layout of a frame. */
    public FrameGrid grid() {
        return storage.grid;
    }

    /** How keys are rotated and frames move on the time axis. */
    public Positions positions() {
        return storage.positions;
    }

    /** Committed tokens that at least one layer and head holds: the first so many entries of {@link #table}. */
    public int size() {
        return storage.tokens - staging.count();
    }

    /** Committed tokens by what they take: the mean over layers and heads, rounded up. Equals {@link #size} if all hold all. */
    public long tokens() {
        long cells = shape().cells();
        return (storage.usage.entries() - staging.count() * cells + cells - 1) / cells;
    }

    /** Tokens staged and neither committed nor rolled back; they follow the committed ones. */
    public int staged() {
        return staging.count();
    }

    /** Place on the time axis at which the next frame must be staged; positions of its tokens follow from it. */
    public long nextSlot() {
        return staging.nextSlot();
    }

    /** All tokens held anywhere, in sequence order, staged ones included. While every head holds all of them raw, entry and row are the same number. */
    public TokenTable table() {
        return storage.table;
    }

    /**
     * Raw keys of a layer, rotated: one tensor of shape (capacity, head size) per KV head.
     *
     * @return the cache's own array: to be read only, and to be asked for again after each {@link #stage}
     */
    public Tensor[] keys(int layer) {
        return storage.keys(layer);
    }

    /** Raw values of a layer, as {@link #keys}. */
    public Tensor[] values(int layer) {
        return storage.values(layer);
    }

    /**
     * What the KV heads of a layer attend to, staged rows included.
     *
     * @return one per KV head; to be asked for again after each {@link #stage} and each {@link #apply}
     */
    public CellRows[] rows(int layer) {
        CellRows[] rows = new CellRows[shape().kvHeads()];
        Arrays.setAll(rows, head -> storage.rows(layer, head));
        return rows;
    }

    /**
     * Writes keys and values of a layer over rows that were staged.
     *
     * @param newKeys rotated, shape (rows, KV heads x head size)
     * @param newValues same shape
     * @param firstRow first row of both that counts
     * @param count rows from there on
     * @param stagedToken the staged token they begin at, as {@link #stage} returned it
     */
    public void store(int layer, Tensor newKeys, Tensor newValues, int firstRow, int count, int stagedToken) {
        storage.store(layer, newKeys, newValues, firstRow, count, stagedToken);
    }

    /**
     * Bytes reserved for rows, pages, tables, notes and noted queries, and for frames in the host tier, exactly; headers of
     * arrays and objects, and one head's angles for the next compaction, are not counted.
     */
    public long residentBytes() {
        long archived = archive == null ? 0 : archive.hostBytes() + archive.indexBytes();
        return storage.usage.reserved() + probes.bytes() + archived;
    }

    /** Bytes of frames in each tier, exactly. */
    public TierBytes tierBytes() {
        return archive == null ? new TierBytes(0, 0) : new TierBytes(archive.hostBytes(), archive.diskBytes());
    }

    /** Bytes of the rows in use, staged ones included, and of all pages. */
    public long usedBytes() {
        return storage.usage.used();
    }

    /** What the cache holds, committed tokens only, as policies see it. A copy: later changes do not show in it. */
    public CacheView view() {
        return view(Set.of());
    }

    /** The same with signals; they are read from the cache when asked for, so before it changes. */
    public CacheView view(Set<Signal> signals) {
        CacheView view = CacheViews.of(storage, archive, size());
        return signals.isEmpty() ? view : view.withSignals(new CacheSignals(storage, archive, probes.state(), signals));
    }

    /**
     * Opens the tiers that plans may move frames into. If some are open already with other settings, the frames in them move
     * over; with the same settings this waits until there is room for another frame or the writer has caught up.
     *
     * @throws io.packcache.kvcache.tier.TierException if the frames do not fit, or one could not be written; nothing has
     *     changed then
     */
    public void archive(TierSettings settings) {
        if (archive == null || !archive.settings().equals(settings)) {
            archive(new FrameStore(settings));
        } else {
            archive.awaitRoom();
        }
    }

    void archive(FrameStore store) {
        requireOpen();
        if (archive == null) {
            archive = new Archive(storage, store);
        } else {
            archive.move(store);
        }
    }

    /**
     * Collects these signals from now on, beside those declared before. What accumulates, and what can only be noted while
     * a frame is stored, is known of frames stored from now on.
     */
    public void collect(Set<Signal> signals) {
        probes.declare(signals);
    }

    /** The signals collected. */
    public Set<Signal> collected() {
        return probes.declared();
    }

    /**
     * Notes the queries of staged rows in the store pass, layer by layer from 0; does nothing unless a signal that needs
     * them is collected.
     *
     * @param queries rotated, shape (rows, query heads x head size)
     * @param firstRow first row that counts
     * @param count rows from there on
     * @param stagedToken the staged token they begin at
     */
    public void noteQueries(int layer, Tensor queries, int firstRow, int count, int stagedToken) {
        probes.queries(layer, queries, firstRow, count, stagedToken);
    }

    /**
     * Notes {@link Signal#HIDDEN_NORM} of staged tokens.
     *
     * @param norms one per token from {@code stagedToken} on
     */
    public void noteHiddenNorms(float[] norms, int stagedToken) {
        for (int i = 0; i < norms.length; i++) {
            storage.tokenNotes.setHidden(stagedToken + i, norms[i]);
        }
    }

    /**
     * Notes {@link Signal#PROJECTED_VALUE_NORM} of staged tokens in one layer and head.
     *
     * @param norms one per token from {@code stagedToken} on
     */
    public void noteProjectedValueNorms(int layer, int head, float[] norms, int stagedToken) {
        Cell cell = storage.cell(layer, head);
        int first = cell.layout.rowAtOrAfter(stagedToken);
        for (int i = 0; i < norms.length; i++) {
            cell.notes.setProjected(first + i, norms[i]);
        }
    }

    /**
     * Carries out a plan. It is checked as a whole first; a refused plan leaves the cache as it was. Frames that come back
     * are read before anything changes, then those that leave are copied into the tiers. That waits while host memory is full
     * and the writer of the disk tier is behind.
     *
     * @throws CacheBudgetExceededException if frames that come back do not fit the budget
     * @throws io.packcache.kvcache.tier.TierException if a tier is full, or a file cannot be written, read, or was altered
     * @throws io.packcache.kvcache.plan.InvalidPlanException if the plan names what the cache does not hold, is out of
     *     order, empties a conditioning frame, or folds what it should not
     * @throws IllegalStateException if tokens are staged
     */
    public void apply(CompactionPlan plan) {
        requireOpen();
        staging.requireNone("a plan cannot be applied");
        check.check(plan, archive);
        if (archive == null) {
            compaction.apply(plan);
        } else {
            exchange(plan);
        }
        staging.moveTo(plan.nextSlot());
    }

    private void exchange(CompactionPlan plan) {
        CacheView view = view();
        try (Recall recall = Recall.of(plan, view, archive)) {
            recall.requireRoom(view, storage, reservation);
            archive.exchange(plan.archive());
            compaction.apply(recall.rest());
            recall.insert(storage);
        }
    }

    /**
     * Reserves one row at the tail for each token. May be called several times before {@link #commit}.
     *
     * <p>A new frame takes the slot {@link #nextSlot}; its tokens' positions must have been made for it.
     *
     * @return where the first token is listed in {@link #table}
     * @throws CacheBudgetExceededException if they do not fit the budget; nothing has changed then
     * @throws IllegalArgumentException if a token does not fit the grid, or a frame is not newer than all committed ones
     */
    public int stage(List<TokenInfo> tokens) {
        requireOpen();
        return staging.add(tokens);
    }

    /** Keeps the staged rows. */
    public void commit() {
        requireOpen();
        probes.commit();
        staging.commit();
    }

    /** Forgets the staged rows; capacity that was reserved for them stays. */
    public void rollback() {
        probes.rollback();
        staging.rollback();
    }

    /**
     * Copies all that is committed.
     *
     * @param reuse an older snapshot of this cache that is given up: its arrays are written over, so that one snapshot a
     *     frame allocates next to nothing; null for a new one
     * @throws IllegalStateException if tokens are staged
     */
    public CacheSnapshot snapshot(CacheSnapshot reuse) {
        requireOpen();
        staging.requireNone("a snapshot cannot be taken");
        CacheSnapshot snapshot = reuse == null ? new CacheSnapshot(shape(), grid()) : reuse;
        requireAlike(snapshot);
        snapshot.take(storage);
        snapshot.nextSlot = staging.nextSlot();
        snapshot.newestFrame = staging.newestFrame();
        snapshot.probes = probes.state();
        snapshot.collected = Set.copyOf(probes.declared());
        snapshot.archive = archive == null ? Archive.Saved.NONE : archive.save();
        return snapshot;
    }

    /**
     * Holds from now on what the snapshot holds, and nothing else.
     *
     * @throws IllegalArgumentException if the snapshot is of a cache of another shape or grid
     * @throws io.packcache.kvcache.tier.TierException if a frame of its archive is in no tier any more, or the tiers are too
     *     small for all; nothing has changed then
     * @throws CacheBudgetExceededException if it does not fit the budget; nothing has changed then
     * @throws IllegalStateException if tokens are staged
     */
    public void restore(CacheSnapshot snapshot) {
        requireOpen();
        staging.requireNone("a snapshot cannot be restored");
        requireAlike(snapshot);
        reservation.require(snapshot);
        if (archive == null && !snapshot.archive.isEmpty()) {
            // Until whoever archives says which tiers it wants.
            archive(TierSettings.unlimitedHost());
        }
        if (archive != null) {
            archive.restore(snapshot.archive);
        }
        snapshot.put(storage);
        staging.restore(snapshot);
        probes.restore(snapshot.probes);
        probes.declare(snapshot.collected);
    }

    /**
     * Takes the text of another cache in place of its own. All frames stay as they were computed, behind the old text, and
     * move by {@code shift} on every axis of their positions, their keys with them.
     *
     * @param text a cache of the same shape and grid that holds nothing but text, at least one token
     * @param shift by how much the new text is longer than the old one was before it was thinned
     * @throws CacheBudgetExceededException if the new text does not fit the budget; nothing has changed then
     * @throws IllegalStateException if tokens are staged in either cache
     */
    public void replaceText(KvCache text, int shift) {
        requireOpen();
        staging.requireNone("text cannot be replaced");
        text.staging.requireNone("text cannot be taken over");
        if (!text.shape().equals(shape()) || text.size() == 0 || text.staging.newestFrame() >= 0) {
            throw new IllegalArgumentException(
                    "text is taken from a cache of the same shape that holds nothing else, not from one of "
                            + text.shape() + " with " + text.size() + " tokens and newest frame "
                            + text.staging.newestFrame());
        }
        TextExchange.apply(storage, text.storage, shift, reservation);
        probes.shift(shift);
        if (archive != null) {
            archive.shift(shift);
        }
    }

    /** Gives all memory back. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
        rollback();
        probes.forget();
        storage.close();
        if (archive != null) {
            archive.close();
        }
    }

    private void requireAlike(CacheSnapshot snapshot) {
        if (!snapshot.shape().equals(shape()) || !snapshot.grid().equals(grid())) {
            throw new IllegalArgumentException("a snapshot of " + snapshot.shape() + " and " + snapshot.grid()
                    + " does not fit a cache of " + shape() + " and " + grid());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cache is closed");
        }
    }
}
