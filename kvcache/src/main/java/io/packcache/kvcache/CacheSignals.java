package io.packcache.kvcache;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.EnumSet;
import java.util.Set;

/** Signals read from the rows of a cache. */
final class CacheSignals implements Signals {

    private static final Set<Signal> GIVEN = EnumSet.of(Signal.KEY, Signal.VALUE, Signal.KEY_NORM, Signal.VALUE_NORM);

    private final Storage storage;
    private final Set<Signal> declared;
    private final TokenRotations rotations;

    CacheSignals(Storage storage, Set<Signal> declared) {
        if (!GIVEN.containsAll(declared)) {
            throw new IllegalArgumentException("a cache gives the signals " + GIVEN + ", not all of " + declared);
        }
        this.storage = storage;
        this.declared = declared;
        this.rotations = new TokenRotations(storage.table, storage.positions.scheme());
    }

    @Override
    public float[] keys(int layer, int head, long frame) {
        require(Signal.KEY);
        CellFrame held = held(layer, head, frame);
        float[] keys = held.keys();
        for (int i = 0; i < held.size(); i++) {
            rotations.unrotate(keys, i * storage.shape.headSize(), held.token(i));
        }
        return keys;
    }

    @Override
    public float[] values(int layer, int head, long frame) {
        require(Signal.VALUE);
        return held(layer, head, frame).values();
    }

    @Override
    public float[] keyNorms(int layer, int head, long frame) {
        require(Signal.KEY_NORM);
        return norms(held(layer, head, frame).keys());
    }

    @Override
    public float[] valueNorms(int layer, int head, long frame) {
        require(Signal.VALUE_NORM);
        return norms(held(layer, head, frame).values());
    }

    private CellFrame held(int layer, int head, long frame) {
        int first = storage.table.firstOf(frame, storage.tokens);
        int end = storage.table.firstOf(frame + 1, storage.tokens);
        if (first == end) {
            throw new IllegalArgumentException("frame " + frame + " is not held");
        }
        return new CellFrame(storage, layer * storage.shape.kvHeads() + head, first, end);
    }

    private float[] norms(float[] rows) {
        int size = storage.shape.headSize();
        float[] norms = new float[rows.length / size];
        for (int i = 0; i < norms.length; i++) {
            double squares = 0;
            for (int at = i * size; at < (i + 1) * size; at++) {
                squares += (double) rows[at] * rows[at];
            }
            norms[i] = (float) Math.sqrt(squares);
        }
        return norms;
    }

    private void require(Signal signal) {
        if (!declared.contains(signal)) {
            throw Signals.undeclared(signal);
        }
    }
}
