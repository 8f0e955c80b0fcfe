package io.packcache.kvcache;

import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.TokenPosition;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns keys of frames that move on the time axis by the exact difference between their stored position and the new one.
 * Raw keys are turned where they lie, adjacent rows that turn by the same angles together; pages only note the turn from
 * where they were encoded.
 */
final class Repositioning {

    private final Storage storage;
    private final TokenTable table;
    private final PositionStride stride;
    private final Map<Long, Long> slots = new HashMap<>(); // by frame

    private Repositioning(CompactionPlan plan, Storage storage) {
        this.storage = storage;
        this.table = storage.table;
        this.stride = storage.positions.stride();
        for (FramePlan frame : plan.frames()) {
            slots.put(frame.frame(), frame.slot());
        }
    }

    static void apply(CompactionPlan plan, Storage storage) {
        Repositioning repositioning = new Repositioning(plan, storage);
        if (!repositioning.moves()) {
            return;
        }
        storage.layouts.forEach(repositioning::turnRaw);
        storage.encoded.replaceAll(repositioning::turned);
        repositioning.relabel();
    }

    private boolean moves() {
        for (int token = 0; token < storage.tokens; token++) {
            if (delta(token) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Slots by which a token's frame moves. */
    private long delta(int token) {
        return table.frame(token) < 0 ? 0 : slots.get(table.frame(token)) - table.slot(token);
    }

    /** One walk over the rows of the cells that share a layout. */
    private void turnRaw(RowLayout layout) {
        List<Cell> cells = Arrays.stream(storage.cells)
                .filter(cell -> cell.layout == layout)
                .toList();
        Turn run = new Turn(storage.positions.scheme());
        Turn turn = new Turn(storage.positions.scheme());
        int first = 0;
        for (int row = 0; row < layout.size(); row++) {
            int token = layout.token(row);
            long delta = delta(token);
            if (delta == 0) {
                turn.stay();
            } else {
                TokenPosition from = table.position(token);
                turn.between(from, stride.moved(from, delta));
            }
            if (!run.sameAs(turn)) {
                turnKeys(cells, run, first, row - first);
                first = row;
                Turn swap = run;
                run = turn;
                turn = swap;
            }
        }
        turnKeys(cells, run, first, layout.size() - first);
    }

    private void turnKeys(List<Cell> cells, Turn turn, int firstRow, int count) {
        if (count == 0 || turn.stays()) {
            return;
        }
        double[] cos = turn.cos();
        double[] sin = turn.sin();
        for (Cell cell : cells) {
            storage.backend.rotateRows(cell.keys, firstRow, count, cos, sin);
        }
    }

    /** All content of a frame turns by the same angles, because only time moves. */
    private EncodedFrame turned(EncodedFrame frame) {
        int token = table.firstOf(frame.frame(), storage.tokens);
        while (!table.content(token)) {
            token++;
        }
        long slot = slots.get(frame.frame());
        if (slot == table.slot(token)) {
            return frame;
        }
        if (slot == frame.slot()) {
            return frame.turned(null, null);
        }
        TokenPosition now = table.position(token);
        Turn turn = new Turn(storage.positions.scheme());
        turn.between(stride.moved(now, frame.slot() - table.slot(token)), stride.moved(now, slot - table.slot(token)));
        return frame.turned(floats(turn.cos()), floats(turn.sin()));
    }

    private void relabel() {
        for (int token = 0; token < storage.tokens; token++) {
            long delta = delta(token);
            if (delta != 0) {
                table.reposition(token, table.slot(token) + delta, stride.moved(table.position(token), delta));
            }
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
