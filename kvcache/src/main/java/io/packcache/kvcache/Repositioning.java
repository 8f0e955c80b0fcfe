package io.packcache.kvcache;

import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves frames, on the time axis or with everything behind the text: keys turn by the exact difference between their stored
 * position and the new one. Raw keys turn while their rows are gathered; pages only note the turn from where they were
 * encoded.
 */
final class Repositioning {

    private final Storage storage;
    private final TokenTable table;
    private final PositionStride stride;
    private final int shift; // on every axis
    private final double[] angles;
    private final double[] start;

    private int before = -1; // the token whose turn was asked for last
    private int turnBefore;

    Repositioning(Storage storage, int shift) {
        this.storage = storage;
        this.table = storage.table;
        this.stride = storage.positions.stride();
        this.shift = shift;
        this.angles = new double[storage.positions.scheme().headSize() / 2];
        this.start = new double[angles.length];
    }

    /** Moves all frames by so much on every axis. */
    static void shift(int shift, Storage storage) {
        if (shift != 0) {
            new Repositioning(storage, shift).shiftAll();
        }
    }

    private void shiftAll() {
        int text = table.firstOf(0, storage.tokens);
        for (RowLayout layout : storage.layouts) {
            RowGather rows = start();
            for (int row = 0; row < layout.size(); row++) {
                int token = layout.token(row);
                rows.keep(row, token < text ? RowGather.NO_TURN : turn(token, table.slot(token), rows));
            }
            storage.gather(rows, storage.cellsOf(layout));
        }
        List<EncodedFrame> turned = new ArrayList<>();
        for (EncodedFrame frame : storage.encoded) {
            turned.add(turned(frame, table.slot(table.firstOf(frame.frame(), storage.tokens))));
        }
        storage.encoded = turned;
        for (int token = text; token < storage.tokens; token++) {
            table.reposition(token, token + 1, table.slot(token), stride, shift);
        }
    }

    /** An empty gather for one walk over rows. */
    RowGather start() {
        before = -1;
        return storage.backend.startGather(angles.length);
    }

    /**
     * The number of the turn of a token of a frame that goes to {@code slot}; a new one only if the token turns otherwise
     * than the one asked for before.
     */
    int turn(int token, long slot, RowGather rows) {
        if (slot == table.slot(token) && shift == 0) {
            return RowGather.NO_TURN;
        }
        if (before < 0 || !turnsAlike(before, token)) {
            between(table.position(token), moved(token, slot));
            turnBefore = rows.addTurn(angles);
        }
        before = token;
        return turnBefore;
    }

    /** Content of one frame that moves in time alone, in a scheme that knows time as an axis of its own. */
    private boolean turnsAlike(int token, int other) {
        return shift == 0
                && storage.positions.scheme().axial()
                && table.frame(token) == table.frame(other)
                && table.visual(token)
                && table.visual(other)
                && table.t(token) == table.t(other);
    }

    private TokenPosition moved(int token, long slot) {
        return stride.moved(table.position(token), slot - table.slot(token)).shifted(shift);
    }

    private void between(TokenPosition from, TokenPosition to) {
        storage.positions.scheme().angles(from, start);
        storage.positions.scheme().angles(to, angles);
        for (int pair = 0; pair < angles.length; pair++) {
            angles[pair] -= start[pair];
        }
    }

    /** Moves tokens that were gathered, and pages, to the slots of a plan. */
    void relabel(CompactionPlan plan) {
        for (int i = 0; i < plan.frames().size(); i++) {
            FramePlan frame = plan.frames().get(i);
            int end = table.firstOf(frame.frame() + 1, storage.tokens);
            int first = table.firstOf(frame.frame(), storage.tokens);
            if (first < end && table.slot(first) != frame.slot()) {
                turnPages(frame);
                table.reposition(first, end, frame.slot(), stride, shift);
            }
        }
    }

    private void turnPages(FramePlan frame) {
        for (int i = 0; i < storage.encoded.size(); i++) {
            if (storage.encoded.get(i).frame() == frame.frame()) {
                storage.encoded.set(i, turned(storage.encoded.get(i), frame.slot()));
            }
        }
    }

    /** All content of a frame turns by the same angles: either only time moves, or all axes do by as much. */
    private EncodedFrame turned(EncodedFrame frame, long slot) {
        int token = table.firstOf(frame.frame(), storage.tokens);
        while (!table.content(token)) {
            token++;
        }
        int shifted = frame.shift() + shift;
        if (slot == frame.slot() && shifted == 0) {
            return frame.turned(0, null, null);
        }
        TokenPosition encoded = stride.moved(table.position(token), frame.slot() - table.slot(token));
        between(encoded.shifted(-frame.shift()), moved(token, slot));
        float[] cos = new float[angles.length];
        float[] sin = new float[angles.length];
        for (int pair = 0; pair < angles.length; pair++) {
            cos[pair] = (float) Math.cos(angles[pair]);
            sin[pair] = (float) Math.sin(angles[pair]);
        }
        return frame.turned(shifted, cos, sin);
    }
}
