package io.packcache.kvcache;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.Rotator;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Collects what was declared and can only be seen while a frame is stored: its probes' queries and their attention. */
final class Probes {

    private static final Set<Signal> OF_QUERIES =
            EnumSet.of(Signal.QUERY, Signal.PROBE_ATTENTION, Signal.ATTENTION_MASS, Signal.MASS_BY_DISTANCE);

    private final Storage storage;
    private final Set<Signal> declared = EnumSet.noneOf(Signal.class);
    private final Rotator rotator;
    private ProbeState state = ProbeState.NONE;
    private ProbeState pending = ProbeState.NONE; // of the staged frame
    private int[] tokens = {}; // its probes in the table

    Probes(Storage storage) {
        this.storage = storage;
        this.rotator = new Rotator(storage.positions.scheme());
    }

    void declare(Set<Signal> signals) {
        declared.addAll(signals);
    }

    Set<Signal> declared() {
        return Collections.unmodifiableSet(declared);
    }

    ProbeState state() {
        return state;
    }

    void restore(ProbeState other) {
        state = other;
    }

    /** Notes the rotated queries of a layer if somebody declared what needs them and there is a frame among the rows. */
    void queries(int layer, Tensor queries, int firstRow, int count, int firstToken) {
        if (Collections.disjoint(declared, OF_QUERIES)) {
            return;
        }
        if (layer == 0) {
            begin(firstToken, count, queries.columns());
        }
        int width = queries.columns();
        int size = storage.shape.headSize();
        for (int probe = 0; probe < tokens.length; probe++) {
            float[] all = pending.queries()[layer];
            queries.read(firstRow + tokens[probe] - firstToken, all, probe * width, 1);
            for (int at = probe * width; at < (probe + 1) * width; at += size) {
                rotator.unrotate(all, at, pending.positions().get(probe));
            }
        }
    }

    private void begin(int firstToken, int count, int width) {
        int[] places = ProbeGrid.places(storage.grid);
        List<TokenPosition> positions = new ArrayList<>();
        int[] found = new int[places.length];
        long frame = storage.table.frame(firstToken + count - 1);
        for (int token = firstToken; token < firstToken + count; token++) {
            boolean probed = storage.table.content(token)
                    && storage.table.frame(token) == frame
                    && Arrays.binarySearch(places, storage.table.place(token)) >= 0;
            if (probed) {
                found[positions.size()] = token;
                positions.add(storage.table.position(token));
            }
        }
        tokens = Arrays.copyOf(found, positions.size());
        float[][] queries = new float[storage.shape.layers()][tokens.length * width];
        long slot = storage.table.slot(firstToken + count - 1);
        pending = new ProbeState(frame, slot, positions, queries, state.observed(), state.entered());
    }

    /** The staged frame stays: its probes are the newest, and their attention is accumulated. */
    void commit() {
        if (tokens.length == 0) {
            return;
        }
        Map<Long, Long> entered = new HashMap<>(state.entered());
        entered.keySet()
                .removeIf(frame -> storage.table.firstOf(frame, storage.tokens)
                        == storage.table.firstOf(frame + 1, storage.tokens));
        entered.put(pending.frame(), state.observed());
        boolean accumulates = declared.contains(Signal.ATTENTION_MASS);
        long observed = state.observed() + (accumulates ? 1 : 0);
        state = new ProbeState(
                pending.frame(), pending.slot(), pending.positions(), pending.queries(), observed, entered);
        rollback();
        if (accumulates) {
            for (int cell = 0; cell < storage.cells.length; cell++) {
                accumulate(cell);
            }
        }
    }

    private void accumulate(int number) {
        ProbeAttention attention = new ProbeAttention(storage, number, state);
        Cell cell = storage.cells[number];
        for (int row = 0; row < cell.rows(); row++) {
            cell.notes.addMass(row, attention.mean(row));
        }
        for (EncodedFrame frame : storage.encoded) {
            if (frame.pages()[number] != null) {
                int first = attention.firstRow(frame);
                for (int row = 0; row < frame.pages()[number].rows(); row++) {
                    frame.notes()[number].addMass(row, attention.mean(first + row));
                }
            }
        }
    }

    void rollback() {
        tokens = new int[0];
        pending = ProbeState.NONE;
    }

    void forget() {
        state = ProbeState.NONE;
    }

    /** Bytes of all queries noted. */
    long bytes() {
        return state.bytes() + (pending.queries() == state.queries() ? 0 : pending.bytes());
    }

    /** All frames moved by so much on every axis. */
    void shift(int by) {
        List<TokenPosition> positions =
                state.positions().stream().map(position -> position.shifted(by)).toList();
        state = new ProbeState(
                state.frame(), state.slot(), positions, state.queries(), state.observed(), state.entered());
    }
}
