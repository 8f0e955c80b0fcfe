package io.packcache.kvcache;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.TokenPosition;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Keys and values of one guidance branch between frames: one packed tensor per layer, KV head and kind, and one
 * {@link TokenTable} that says which token lies in which row.
 *
 * <p>Append is staged: {@link #stage} reserves rows at the tail, the model writes their keys and values and may attend to
 * them, and {@link #commit} keeps them or {@link #rollback} forgets them. Rows are in sequence order and have no holes.
 *
 * <p>Capacity grows by {@value #GROWTH_FRAMES} frames at a time up to the {@link CacheBudget} and never shrinks, so a cache
 * whose size stays within bounds stops allocating. Used by one thread at a time.
 */
public final class KvCache implements AutoCloseable {

    /** Frames of capacity added when the cache is full. */
    static final int GROWTH_FRAMES = 2;

    private final Backend backend;
    private final CacheShape shape;
    private final FrameGrid grid;
    private final Positions positions;
    private final CacheBudget budget;
    private final long bytesPerToken;
    private final Tensor[][] keys;
    private final Tensor[][] values;
    private final TokenTable table = new TokenTable();

    private int capacity;
    private int size;
    private int staged;
    private long nextSlot;
    private long stagedSlots;
    private long newestFrame = -1;
    private long stagedFrame = -1;
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
        this.backend = backend;
        this.shape = shape;
        this.grid = grid;
        this.positions = positions;
        this.budget = budget;
        this.bytesPerToken = shape.bytesPerToken() + TokenTable.BYTES_PER_TOKEN;
        this.keys = new Tensor[shape.layers()][shape.kvHeads()];
        this.values = new Tensor[shape.layers()][shape.kvHeads()];
    }

    /** What is stored per token. */
    public CacheShape shape() {
        return shape;
    }

    /** Layout of a frame. */
    public FrameGrid grid() {
        return grid;
    }

    /** How keys are rotated and frames move on the time axis. */
    public Positions positions() {
        return positions;
    }

    /** Committed tokens; they lie in the rows 0 to {@code size() - 1}. */
    public int size() {
        return size;
    }

    /** Tokens staged and neither committed nor rolled back; they follow the committed ones. */
    public int staged() {
        return staged;
    }

    /** Place on the time axis at which the next frame must be staged; positions of its tokens follow from it. */
    public long nextSlot() {
        return nextSlot + stagedSlots;
    }

    /** Which token lies in which row, staged rows included. */
    public TokenTable table() {
        return table;
    }

    /**
     * Keys of a layer, rotated: one tensor of shape (capacity, head size) per KV head.
     *
     * @return the cache's own array: to be read only, and to be asked for again after each {@link #stage}
     */
    public Tensor[] keys(int layer) {
        return keys[layer];
    }

    /** Values of a layer, as {@link #keys}. */
    public Tensor[] values(int layer) {
        return values[layer];
    }

    /**
     * What the KV heads of a layer attend to, staged rows included.
     *
     * @return one per KV head; to be asked for again after each {@link #stage} and each plan
     */
    public CellRows[] rows(int layer) {
        CellRows[] rows = new CellRows[shape.kvHeads()];
        Arrays.setAll(rows, head -> new CellRows(keys[layer][head], values[layer][head], size + staged));
        return rows;
    }

    /**
     * Writes keys and values of a layer over rows that were staged.
     *
     * @param newKeys rotated, shape (rows, KV heads x head size)
     * @param newValues same shape
     * @param firstRow first row of both that counts
     * @param count rows from there on
     * @param stagedRow the staged row they begin at, as {@link #stage} returned it
     */
    public void store(int layer, Tensor newKeys, Tensor newValues, int firstRow, int count, int stagedRow) {
        int[] at = new int[shape.kvHeads()];
        Arrays.fill(at, stagedRow);
        backend.storeHeads(newKeys, firstRow, count, keys[layer], at);
        backend.storeHeads(newValues, firstRow, count, values[layer], at);
    }

    /** Bytes reserved in all tensors and in the token table, exactly. */
    public long residentBytes() {
        long bytes = table.bytes();
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                bytes += bytesOf(keys[layer][head]) + bytesOf(values[layer][head]);
            }
        }
        return bytes;
    }

    /** Bytes of the rows in use, staged ones included. */
    public long usedBytes() {
        return (size + staged) * bytesPerToken;
    }

    /** What the cache holds, committed tokens only, as policies see it. A copy: later changes do not show in it. */
    public CacheView view() {
        return view(Set.of());
    }

    /** The same with signals; each costs one pass over what it is about. */
    public CacheView view(Set<Signal> signals) {
        CacheView view = CacheViews.of(grid, shape, table, size, bytesPerToken);
        return signals.isEmpty() ? view : view.withSignals(new CacheSignals(this, view, signals));
    }

    /**
     * Reserves one row at the tail for each token. May be called several times before {@link #commit}.
     *
     * <p>A new frame takes the slot {@link #nextSlot}; its tokens' positions must have been made for it.
     *
     * @return row of the first token
     * @throws CacheBudgetExceededException if they do not fit the budget; nothing has changed then
     * @throws IllegalArgumentException if a token does not fit the grid, or a frame is not newer than all committed ones
     */
    public int stage(List<TokenInfo> tokens) {
        requireOpen();
        int first = size + staged;
        if (tokens.size() > budget.capacity(bytesPerToken) - first) {
            throw new CacheBudgetExceededException(tokens.size(), first, budget, bytesPerToken);
        }
        requireOrder(tokens);
        reserve(Math.addExact(first, tokens.size()));
        for (int i = 0; i < tokens.size(); i++) {
            TokenInfo token = tokens.get(i);
            if (token.frame() > stagedFrame) {
                stagedFrame = token.frame();
                stagedSlots++;
            }
            boolean text = token.role() == TokenRole.TEXT;
            table.set(first + i, token, place(token), text ? -1 : nextSlot + stagedSlots - 1);
        }
        staged += tokens.size();
        return first;
    }

    /** Keeps the staged rows. */
    public void commit() {
        requireOpen();
        size += staged;
        nextSlot += stagedSlots;
        newestFrame = stagedFrame;
        staged = 0;
        stagedSlots = 0;
    }

    /** Forgets the staged rows; capacity that was reserved for them stays. */
    public void rollback() {
        staged = 0;
        stagedSlots = 0;
        stagedFrame = newestFrame;
    }

    /**
     * Copies rows, keys, values and table entries alike. This and the following three carry out plans, see
     * {@link io.packcache.kvcache.plan.PlanApplier}; nobody else needs them.
     */
    public void moveRows(int from, int to, int count) {
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                backend.moveRows(keys[layer][head], from, to, count);
                backend.moveRows(values[layer][head], from, to, count);
            }
        }
        table.move(from, to, count);
    }

    /** Rotates the keys of {@code count} rows in every layer and head by the same angles, see {@link Backend#rotateRows}. */
    public void rotateKeys(int firstRow, int count, double[] cos, double[] sin) {
        for (Tensor[] heads : keys) {
            for (Tensor head : heads) {
                backend.rotateRows(head, firstRow, count, cos, sin);
            }
        }
    }

    /** Notes that the key in this row stands elsewhere now. */
    public void reposition(int row, long slot, TokenPosition position) {
        table.reposition(row, slot, position);
    }

    /** Ends the committed rows at {@code rows} and says where the next frame goes; nothing may be staged. */
    public void truncate(int rows, long slotOfNextFrame) {
        requireOpen();
        if (staged > 0 || rows < 0 || rows > size) {
            throw new IllegalStateException("a cache of " + size + " committed and " + staged
                    + " staged tokens cannot be cut to " + rows + " rows");
        }
        size = rows;
        nextSlot = slotOfNextFrame;
    }

    /** Gives all tensors back. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
        rollback();
        size = 0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                keys[layer][head] = release(keys[layer][head]);
                values[layer][head] = release(values[layer][head]);
            }
        }
        table.reserve(0);
        capacity = 0;
    }

    private int place(TokenInfo token) {
        return token.row() < 0 ? token.column() : token.row() * (grid.columns() + 1) + token.column();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cache is closed");
        }
    }

    private void requireOrder(List<TokenInfo> tokens) {
        long frame = stagedFrame;
        for (TokenInfo token : tokens) {
            boolean content = token.row() >= 0;
            if (content
                    ? token.row() >= grid.rows() || token.column() > grid.columns()
                    : token.column() >= grid.markers()) {
                throw new IllegalArgumentException(token + " does not fit " + grid);
            }
            if (token.role() == TokenRole.TEXT) {
                continue;
            }
            if (token.frame() < frame || token.frame() <= newestFrame) {
                throw new IllegalArgumentException("frame " + token.frame() + " cannot follow frame "
                        + Math.max(frame, newestFrame) + "; frames enter a cache once and in time order");
            }
            frame = token.frame();
        }
    }

    private void reserve(int rows) {
        if (rows <= capacity) {
            return;
        }
        long step = (long) GROWTH_FRAMES * grid.frameLength();
        long limit = Math.min(budget.capacity(bytesPerToken), Integer.MAX_VALUE);
        int grown = (int) Math.min(limit, (rows + step - 1) / step * step);
        int live = size + staged;
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                keys[layer][head] = grow(keys[layer][head], grown, live);
                values[layer][head] = grow(values[layer][head], grown, live);
            }
        }
        table.reserve(grown);
        capacity = grown;
    }

    /** A tensor that reached this capacity before an allocation failed is left as it is. */
    private Tensor grow(Tensor tensor, int rows, int live) {
        if (tensor != null && tensor.rows() >= rows) {
            return tensor;
        }
        Tensor grown = backend.allocate(rows, shape.headSize());
        if (tensor != null) {
            int chunk = Math.min(live, grid.frameLength());
            float[] buffer = new float[chunk * shape.headSize()];
            for (int row = 0; row < live; row += chunk) {
                int count = Math.min(chunk, live - row);
                tensor.read(row, buffer, 0, count);
                grown.write(row, buffer, 0, count);
            }
            tensor.close();
        }
        return grown;
    }

    private static long bytesOf(Tensor tensor) {
        return tensor == null ? 0 : tensor.bytes();
    }

    private static Tensor release(Tensor tensor) {
        if (tensor != null) {
            tensor.close();
        }
        return null;
    }
}
