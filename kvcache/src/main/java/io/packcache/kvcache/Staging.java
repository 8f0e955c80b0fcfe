package io.packcache.kvcache;

import java.util.List;

/**
 * Rows at the tail of a storage that are neither committed nor rolled back, and where the next frame stands: frames enter a
 * cache once and in time order, each on the slot behind the last.
 */
final class Staging {

    private final Storage storage;
    private final Reservation reservation;

    private int count;
    private long nextSlot; // without staged frames
    private long slots; // that staged frames take
    private long newestFrame = -1; // committed
    private long stagedFrame = -1; // the newest, or else the newest committed

    Staging(Storage storage, Reservation reservation) {
        this.storage = storage;
        this.reservation = reservation;
    }

    /** Tokens staged. */
    int count() {
        return count;
    }

    /** The slot of the next frame. */
    long nextSlot() {
        return nextSlot + slots;
    }

    /** Number of the newest frame that was ever committed; -1 if none was. */
    long newestFrame() {
        return newestFrame;
    }

    /**
     * Reserves a row for each token.
     *
     * @return where the first is listed
     * @throws CacheBudgetExceededException if they do not fit the budget; nothing has changed then
     * @throws IllegalArgumentException if a token does not fit the grid, or a frame is not newer than all committed ones
     */
    int add(List<TokenInfo> tokens) {
        requireOrder(tokens);
        reservation.reserve(tokens.size());
        int first = storage.tokens;
        storage.append(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            TokenInfo token = tokens.get(i);
            if (token.frame() > stagedFrame) {
                stagedFrame = token.frame();
                slots++;
            }
            boolean text = token.role() == TokenRole.TEXT;
            storage.table.set(first + i, token, place(token), text ? -1 : nextSlot() - 1);
        }
        count += tokens.size();
        return first;
    }

    private int place(TokenInfo token) {
        return token.row() < 0 ? token.column() : token.row() * (storage.grid.columns() + 1) + token.column();
    }

    private void requireOrder(List<TokenInfo> tokens) {
        FrameGrid grid = storage.grid;
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

    /** Keeps the staged rows. */
    void commit() {
        nextSlot += slots;
        newestFrame = stagedFrame;
        count = 0;
        slots = 0;
    }

    /** Forgets the staged rows. */
    void rollback() {
        storage.removeLast(count);
        count = 0;
        slots = 0;
        stagedFrame = newestFrame;
    }

    /** The next frame will stand there. */
    void moveTo(long slot) {
        nextSlot = slot;
    }

    /** Goes on where the snapshot was taken. */
    void restore(CacheSnapshot snapshot) {
        nextSlot = snapshot.nextSlot;
        newestFrame = snapshot.newestFrame;
        stagedFrame = newestFrame;
    }

    /** @throws IllegalStateException if tokens are staged; it says what cannot be done then */
    void requireNone(String what) {
        if (count > 0) {
            throw new IllegalStateException(what + " while " + count + " tokens are staged; commit or roll back first");
        }
    }
}
