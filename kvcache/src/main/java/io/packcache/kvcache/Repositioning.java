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
 * Turns keys of frames that move, on the time axis or with everything behind the text, by the exact difference between
 * their stored position and the new one. Raw keys are turned where they lie, adjacent rows that turn by the same angles
 * together; pages only note the turn from where they were encoded.
 */
final class Repositioning {

    private final Storage storage;
    private final TokenTable table;
    private final PositionStride stride;
    private final Map<Long, Long> slots; // by frame; those not listed stay
    private final int shift; // on every axis

    private Repositioning(Storage storage, Map<Long, Long> slots, int shift) {
        this.storage = storage;
        this.table = storage.table;
        this.stride = storage.positions.stride();
        this.slots = slots;
        this.shift = shift;
    }

    /** Moves all frames to the slots of a plan. */
    static void apply(CompactionPlan plan, Storage storage) {
        Map<Long, Long> slots = new HashMap<>();
        for (FramePlan frame : plan.frames()) {
            slots.put(frame.frame(), frame.slot());
        }
        new Repositioning(storage, slots, 0).apply();
    }

    /** Moves all frames by so much on every axis. */
    static void shift(int shift, Storage storage) {
        new Repositioning(storage, Map.of(), shift).apply();
    }

    private void apply() {
        if (moves()) {
            storage.layouts.forEach(this::turnRaw);
            storage.encoded.replaceAll(this::turned);
            relabel();
        }
    }

    private boolean moves() {
        for (int token = 0; token < storage.tokens; token++) {
            if (!stays(token)) {
                return true;
            }
        }
        return false;
    }

    private boolean stays(int token) {
        return table.frame(token) < 0 || (shift == 0 && slot(token) == table.slot(token));
    }

    private long slot(int token) {
        Long slot = slots.get(table.frame(token));
        return slot == null ? table.slot(token) : slot;
    }

    private TokenPosition moved(int token) {
        return stride.moved(table.position(token), slot(token) - table.slot(token))
                .shifted(shift);
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
            if (stays(token)) {
                turn.stay();
            } else {
                turn.between(table.position(token), moved(token));
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

    /** All content of a frame turns by the same angles: either only time moves, or all axes do by as much. */
    private EncodedFrame turned(EncodedFrame frame) {
        int token = table.firstOf(frame.frame(), storage.tokens);
        while (!table.content(token)) {
            token++;
        }
        if (stays(token)) {
            return frame;
        }
        int shifted = frame.shift() + shift;
        if (slot(token) == frame.slot() && shifted == 0) {
            return frame.turned(0, null, null);
        }
        TokenPosition encoded = stride.moved(table.position(token), frame.slot() - table.slot(token));
        Turn turn = new Turn(storage.positions.scheme());
        turn.between(encoded.shifted(-frame.shift()), moved(token));
        return frame.turned(shifted, floats(turn.cos()), floats(turn.sin()));
    }

    private void relabel() {
        for (int token = 0; token < storage.tokens; token++) {
            if (!stays(token)) {
                table.reposition(token, slot(token), moved(token));
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
