package io.packcache.kvcache;

/**
 * Makes room at the end of every cell's rows within the hard budget: refuses before anything changes, then grows by
 * {@value #GROWTH_FRAMES} frames at a time, as far as the budget goes. Where it goes no further, cells that reserved more
 * than they need give it back first.
 */
final class Reservation {

    /** Frames of capacity added where there is none left. */
    static final int GROWTH_FRAMES = 2;

    private final Storage storage;
    private final CacheBudget budget;

    Reservation(Storage storage, CacheBudget budget) {
        this.storage = storage;
        this.budget = budget;
    }

    /**
     * Room for {@code count} more tokens in every cell.
     *
     * @throws CacheBudgetExceededException if they do not fit; nothing has changed then
     */
    void reserve(int count) {
        long perToken = bytesPerToken();
        long used = storage.usage.used();
        long cells = storage.cells.length;
        long held = (storage.usage.entries() + cells - 1) / cells;
        long ofBytes = budget.bytes() < used ? held : held + (budget.bytes() - used) / perToken;
        long limit = Math.min(budget.tokens(storage.grid), ofBytes);
        if (held + count > limit) {
            throw new CacheBudgetExceededException(count, held, limit, origin(limit, perToken));
        }
        long room = limit - held - count;
        int need = Math.addExact(storage.tokens, count);
        for (Cell cell : storage.cells) {
            giveBack(cell, Math.addExact(cell.rows(), count) + room);
        }
        for (Cell cell : storage.cells) {
            int wanted = wanted(cell.capacity(), cell.rows() + count, room);
            if (wanted != cell.capacity()) {
                storage.resize(cell, wanted);
            }
        }
        storage.reserveTable(wanted(storage.table.capacity(), need, room));
        for (RowLayout layout : storage.layouts) {
            layout.reserve(wanted(layout.capacity(), layout.size() + count, room));
        }
    }

    /**
     * Refuses a snapshot that the budget does not allow.
     *
     * @throws CacheBudgetExceededException if it does not fit in place of all that is held
     */
    void require(CacheSnapshot snapshot) {
        long cells = storage.cells.length;
        long tokens = (snapshot.entries() + cells - 1) / cells;
        long most = budget.tokens(storage.grid);
        if (tokens > most || snapshot.bytes() > budget.bytes()) {
            String origin = tokens > most
                    ? ""
                    : " (the snapshot takes " + snapshot.bytes() + " bytes, the budget is " + budget.bytes() + ")";
            throw new CacheBudgetExceededException(tokens, 0, Math.min(most, tokens - 1), origin);
        }
    }

    /**
     * Refuses frames that come back if the budget does not allow them.
     *
     * @param count tokens that come back
     * @param held tokens that stay beside them
     * @param bytes what all of them take
     * @throws CacheBudgetExceededException if they do not fit; nothing has changed then
     */
    void require(long count, long held, long bytes) {
        long most = budget.tokens(storage.grid);
        if (held + count > most || bytes > budget.bytes()) {
            String origin = held + count > most
                    ? ""
                    : " (with what comes back they take " + bytes + " bytes, the budget is " + budget.bytes() + ")";
            throw new CacheBudgetExceededException(count, held, Math.min(most, held + count - 1), origin);
        }
    }

    private void giveBack(Cell cell, long most) {
        if (cell.capacity() > most) {
            storage.resize(cell, (int) most);
        }
    }

    private int wanted(int capacity, int need, long room) {
        if (need <= capacity) {
            return (int) Math.min(capacity, need + room);
        }
        long step = (long) GROWTH_FRAMES * storage.grid.frameLength();
        long rounded = (need + step - 1) / step * step;
        return (int) Math.min(Math.min(rounded, Integer.MAX_VALUE), need + room);
    }

    /** Bytes that one more token takes when every cell holds it raw. */
    private long bytesPerToken() {
        long bytes = storage.usage.perToken();
        for (RowLayout layout : storage.layouts) {
            bytes += layout.isWhole() ? 0 : Integer.BYTES;
        }
        for (Cell cell : storage.cells) {
            bytes += storage.usage.perRow(cell);
        }
        return bytes;
    }

    private String origin(long limit, long perToken) {
        return limit < budget.tokens(storage.grid)
                ? " (a budget of " + budget.bytes() + " bytes at " + perToken + " bytes a token)"
                : "";
    }
}
