package io.packcache.kvcache;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.IntStream;

/** Signals read from the rows of a cache, and from what was noted of them. */
final class CacheSignals implements Signals {

    private final Storage storage;
    private final Archive archive;
    private final TokenTable table;
    private final ProbeState probes;
    private final Set<Signal> declared;
    private final TokenRotations rotations;
    private ProbeAttention attention; // of the cell asked for last
    private int attending = -1;

    /** @param archive null for none */
    CacheSignals(Storage storage, Archive archive, ProbeState probes, Set<Signal> declared) {
        this.storage = storage;
        this.archive = archive;
        this.table = storage.table;
        this.declared = Set.copyOf(declared);
        this.rotations = new TokenRotations(table, storage.positions.scheme());
        boolean gone =
                table.firstOf(probes.frame(), storage.tokens) == table.firstOf(probes.frame() + 1, storage.tokens);
        this.probes = gone ? ProbeState.NONE : probes;
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
    public float[] meanKey(int layer, int head, long frame) {
        require(Signal.KEY);
        Archive.Entry entry = archive == null ? null : archive.entry(frame);
        return entry == null
                ? held(layer, head, frame).meanKey(rotations)
                : entry.meanKeys()[layer * storage.shape.kvHeads() + head].clone();
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

    @Override
    public int queryRows() {
        requireQueries();
        return probes.probes() == 0 ? 0 : probes.probes() * probes.group(storage.shape);
    }

    @Override
    public int queryGroup() {
        requireQueries();
        return probes.probes() == 0 ? 1 : probes.group(storage.shape);
    }

    @Override
    public float[] queries(int layer, int head) {
        require(Signal.QUERY);
        int size = storage.shape.headSize();
        int group = queryGroup();
        float[] queries = new float[queryRows() * size];
        for (int query = 0; query < queryRows(); query++) {
            int width = probes.queries()[layer].length / probes.probes();
            int from = query / group * width + (head * group + query % group) * size;
            System.arraycopy(probes.queries()[layer], from, queries, query * size, size);
        }
        return queries;
    }

    @Override
    public float[] attention(int layer, int head, int query, long frame) {
        require(Signal.PROBE_ATTENTION);
        if (query < 0 || query >= queryRows()) {
            throw new IndexOutOfBoundsException("query row " + query + " of " + queryRows());
        }
        CellFrame held = held(layer, head, frame);
        ProbeAttention weights = attention(layer, head);
        float[] row = new float[held.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = weights.weight(numbered(weights, held, i, frame), query);
        }
        return row;
    }

    @Override
    public float[] attentionMass(int layer, int head, long frame) {
        require(Signal.ATTENTION_MASS);
        CellFrame held = held(layer, head, frame);
        float[] mass = held.notes().mass();
        long observed = probes.observedBy(frame);
        float[] mean = new float[held.size()];
        for (int i = 0; mass != null && observed > 0 && i < mean.length; i++) {
            mean[i] = mass[i] / observed;
        }
        return mean;
    }

    @Override
    public double[] massByDistance(int layer) {
        require(Signal.MASS_BY_DISTANCE);
        if (probes.probes() == 0) {
            return new double[0];
        }
        long[] frames = generatedNewestFirst();
        double[] mass = new double[frames.length];
        for (int head = 0; head < storage.shape.kvHeads(); head++) {
            ProbeAttention weights = attention(layer, head);
            for (int d = 0; d < mass.length; d++) {
                CellFrame held = held(layer, head, frames[d]);
                for (int i = 0; i < held.size(); i++) {
                    mass[d] += weights.mean(numbered(weights, held, i, frames[d])) / storage.shape.kvHeads();
                }
            }
        }
        return mass;
    }

    @Override
    public float[] hiddenNorms(long frame) {
        require(Signal.HIDDEN_NORM);
        int first = table.firstOf(frame, storage.tokens);
        int end = table.firstOf(frame + 1, storage.tokens);
        float[] norms = new float[end - first];
        int count = 0;
        for (int token = first; token < end; token++) {
            if (table.content(token)) {
                norms[count++] = storage.tokenNotes.hidden() == null
                        ? 0
                        : storage.tokenNotes.hidden()[token];
            }
        }
        return Arrays.copyOf(norms, count);
    }

    @Override
    public float[] projectedValueNorms(int layer, int head, long frame) {
        require(Signal.PROJECTED_VALUE_NORM);
        CellFrame held = held(layer, head, frame);
        float[] norms = held.notes().projected();
        return norms == null ? new float[held.size()] : norms;
    }

    /** The newest frame, and before it the generated ones held. */
    private long[] generatedNewestFirst() {
        return IntStream.range(0, storage.tokens)
                .filter(token -> table.role(token) == TokenRole.FRAME || table.frame(token) == probes.frame())
                .mapToLong(table::frame)
                .filter(frame -> frame <= probes.frame())
                .distinct()
                .boxed()
                .sorted(Comparator.reverseOrder())
                .mapToLong(Long::longValue)
                .toArray();
    }

    private ProbeAttention attention(int layer, int head) {
        int cell = layer * storage.shape.kvHeads() + head;
        if (cell != attending) {
            attention = new ProbeAttention(storage, cell, probes);
            attending = cell;
        }
        return attention;
    }

    private int numbered(ProbeAttention weights, CellFrame held, int i, long frame) {
        int row = held.row(i);
        return row >= 0 ? row : weights.firstRow(storage.encoded(frame)) - 1 - row;
    }

    private CellFrame held(int layer, int head, long frame) {
        int first = table.firstOf(frame, storage.tokens);
        int end = table.firstOf(frame + 1, storage.tokens);
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

    private void requireQueries() {
        if (!declared.contains(Signal.PROBE_ATTENTION)) {
            require(Signal.QUERY);
        }
    }

    private void require(Signal signal) {
        if (!declared.contains(signal)) {
            throw Signals.undeclared(signal);
        }
    }
}
