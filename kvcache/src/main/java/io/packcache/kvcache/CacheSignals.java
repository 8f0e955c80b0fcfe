package io.packcache.kvcache;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.EnumSet;
import java.util.Set;

/** Signals read from the rows of a cache. */
final class CacheSignals implements Signals {

    private static final Set<Signal> GIVEN = EnumSet.of(Signal.VALUE_NORM);

    private final KvCache cache;
    private final CacheView view;

    CacheSignals(KvCache cache, CacheView view, Set<Signal> declared) {
        if (!GIVEN.containsAll(declared)) {
            throw new IllegalArgumentException("a cache gives the signals " + GIVEN + ", not all of " + declared);
        }
        this.cache = cache;
        this.view = view;
    }

    @Override
    public float[] valueNorms(int layer, int head, long frame) {
        Tensor values = cache.values(layer)[head];
        FrameView held = view.frames().stream()
                .filter(candidate -> candidate.frame() == frame)
                .findFirst()
                .orElseThrow();
        float[] norms = new float[held.held().at(layer, head).cardinality()];
        float[] row = new float[values.columns()];
        int at = 0;
        for (int r = 0; r < cache.size(); r++) {
            if (cache.table().frame(r) == frame && cache.table().role(r) != TokenRole.FRAME_MARKER) {
                values.read(r, row, 0, 1);
                norms[at++] = length(row);
            }
        }
        return norms;
    }

    private static float length(float[] row) {
        double squares = 0;
        for (float channel : row) {
            squares += (double) channel * channel;
        }
        return (float) Math.sqrt(squares);
    }
}
