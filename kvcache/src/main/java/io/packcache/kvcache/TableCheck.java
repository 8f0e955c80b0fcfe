package io.packcache.kvcache;

/** Refuses tables that no cache can have. */
record TableCheck(CacheSnapshot snapshot) {

    void check() {
        TokenTable table = snapshot.table;
        long slot = -1;
        for (int token = 0; token < snapshot.tokens; token++) {
            boolean text = table.role(token) == TokenRole.TEXT;
            long frame = table.frame(token);
            long before = token == 0 ? -1 : table.frame(token - 1);
            int most = table.content(token) ? snapshot.grid.contentLength() : snapshot.grid.markers();
            int place = table.place(token);
            boolean known = text ? frame == -1 && place == -1 : frame >= 0 && place >= 0 && place < most;
            boolean rising = frame >= before && (!table.content(token) || place > contentBefore(token));
            UntrustedParts.require(
                    known && rising && frame <= snapshot.newestFrame,
                    "token " + token + " of the table (frame " + frame + ", place " + place + ") is out of order");
            slot = Math.max(slot, table.slot(token));
        }
        UntrustedParts.require(
                snapshot.nextSlot > slot && snapshot.newestFrame >= -1,
                "the next slot " + snapshot.nextSlot + " is not behind slot " + slot);
    }

    private int contentBefore(int token) {
        boolean follows = token > 0
                && snapshot.table.content(token - 1)
                && snapshot.table.frame(token - 1) == snapshot.table.frame(token);
        return follows ? snapshot.table.place(token - 1) : -1;
    }
}
