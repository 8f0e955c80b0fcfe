package io.packcache.kvcache;

import java.util.ArrayList;
import java.util.List;

/** Puts the text of another cache in place of the one held; all frames stay, and move by as much as the text has grown. */
final class TextExchange {

    private final Storage storage;
    private final Storage source;
    private final int old;
    private final int text;

    private TextExchange(Storage storage, Storage source) {
        this.storage = storage;
        this.source = source;
        this.old = storage.table.firstOf(0, storage.tokens);
        this.text = source.tokens;
    }

    /**
     * @param source holds nothing but text
     * @param shift what is added to the positions of all frames, on every axis
     */
    static void apply(Storage storage, Storage source, int shift, Reservation reservation) {
        TextExchange exchange = new TextExchange(storage, source);
        reservation.reserve(Math.max(0, exchange.text - exchange.old));
        exchange.rows();
        exchange.tables();
        Repositioning.shift(shift, storage);
    }

    private void rows() {
        float[] buffer = new float[text * storage.shape.headSize()];
        for (int c = 0; c < storage.cells.length; c++) {
            Cell cell = storage.cells[c];
            Cell from = source.cells[c];
            int behind = cell.rows() - old;
            storage.backend.moveRows(cell.keys, old, text, behind);
            storage.backend.moveRows(cell.values, old, text, behind);
            cell.notes.move(old, text, behind);
            cell.notes.forget(0, text);
            from.keys.read(0, buffer, 0, text);
            cell.keys.write(0, buffer, 0, text);
            from.values.read(0, buffer, 0, text);
            cell.values.write(0, buffer, 0, text);
        }
    }

    private void tables() {
        storage.table.move(old, text, storage.tokens - old);
        storage.table.copy(source.table, text);
        storage.tokenNotes.move(old, text, storage.tokens - old);
        storage.tokenNotes.forget(0, text);
        storage.tokens += text - old;
        List<RowLayout> exchanged = new ArrayList<>();
        for (RowLayout layout : storage.layouts) {
            RowLayout other = exchanged(layout);
            exchanged.add(other);
            for (Cell cell : storage.cells) {
                cell.layout = cell.layout == layout ? other : cell.layout;
            }
        }
        storage.layouts = exchanged;
    }

    private RowLayout exchanged(RowLayout layout) {
        if (layout.isWhole()) {
            return RowLayout.whole(storage.tokens);
        }
        int[] tokens = new int[layout.size() + text - old];
        for (int row = 0; row < tokens.length; row++) {
            tokens[row] = row < text ? row : layout.token(row - text + old) + text - old;
        }
        return RowLayout.of(tokens);
    }
}
