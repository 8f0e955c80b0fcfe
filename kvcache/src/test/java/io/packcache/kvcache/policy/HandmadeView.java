package io.packcache.kvcache.policy;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Multiplicities;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Signals;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A view without a cache. What signals tell of a token follows from its name alone, unless a test says otherwise, so the
 * same token has the same key whatever else is held. Probe attention is a true softmax over what is held.
 */
public final class HandmadeView implements Signals {

    public static final FrameGrid GRID = new FrameGrid(3, 4, 3, 1);
    public static final int CONTENT = GRID.contentLength();
    public static final int PROBES = 4;
    public static final int GROUP = 2;

    private static final Map<String, Integer> KINDS = Map.of("key", 1, "value", 2, "hidden", 3, "mass", 4, "output", 5);

    private final CacheShape shape;
    private final List<FrameView> frames = new ArrayList<>();
    private final Map<List<Object>, float[]> told = new HashMap<>();
    private final Map<List<Object>, double[]> weights = new HashMap<>();
    private final double decay;
    private final int seed;
    private long archivedBefore;

    /** @param decay what the attention to a token falls by from frame to frame */
    public HandmadeView(CacheShape shape, double decay, int seed) {
        this.shape = shape;
        this.decay = decay;
        this.seed = seed;
    }

    /** Three layers of two heads with four channels. */
    public HandmadeView(int seed) {
        this(new CacheShape(3, 2, 4), 0.7, seed);
    }

    /** A whole frame in every layer and head. */
    public HandmadeView frame(boolean condition) {
        return frame(condition, Selection.everywhere(all()), new BitSet());
    }

    /** The next frame. */
    public HandmadeView frame(boolean condition, Selection held, BitSet masked) {
        return frame(condition, held, masked, Multiplicities.ONES);
    }

    public HandmadeView frame(boolean condition, Selection held, BitSet masked, Multiplicities standing) {
        long number = frames.size();
        frames.add(new FrameView(number, number, condition, held, masked, standing, Encoding.RAW, false));
        return this;
    }

    /** {@code count} whole frames. */
    public HandmadeView frames(int count) {
        IntStream.range(0, count).forEach(i -> frame(false));
        return this;
    }

    /** Generated frames of which each cell holds other tokens; some stored as MASK. */
    public HandmadeView ragged(int count, Random random) {
        for (int i = 0; i < count; i++) {
            BitSet[][] cells = new BitSet[shape.layers()][shape.kvHeads()];
            for (BitSet[] heads : cells) {
                for (int head = 0; head < heads.length; head++) {
                    heads[head] = some(random, 0.7);
                }
            }
            Selection held = Selection.byCell(cells);
            BitSet masked = some(random, 0.2);
            masked.and(held.union());
            frame(false, held, masked);
        }
        return this;
    }

    /** Only a copy in the archive is left of the generated frames before this one. */
    public HandmadeView archivedBefore(long frame) {
        this.archivedBefore = frame;
        return this;
    }

    /** Says what a token's key or value is. */
    public HandmadeView tell(String kind, int layer, int head, long frame, int place, float... row) {
        told.put(List.of(kind, layer, head, frame, place), row);
        return this;
    }

    public CacheView view() {
        List<FrameView> held = frames.stream()
                .filter(frame -> frame.condition() || frame.frame() >= archivedBefore)
                .toList();
        List<FrameView> archive =
                frames.stream().filter(frame -> !held.contains(frame)).toList();
        return new CacheView(GRID, shape, 9, held, archive, shape.bytesPerToken(), this);
    }

    public static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, CONTENT);
        return all;
    }

    private static BitSet some(Random random, double share) {
        BitSet some = new BitSet();
        IntStream.range(0, CONTENT).filter(i -> random.nextDouble() < share).forEach(some::set);
        return some;
    }

    @Override
    public float[] keys(int layer, int head, long frame) {
        return rows("key", layer, head, frame);
    }

    @Override
    public float[] values(int layer, int head, long frame) {
        return rows("value", layer, head, frame);
    }

    @Override
    public float[] meanKey(int layer, int head, long frame) {
        float[] keys = keys(layer, head, frame);
        float[] mean = new float[shape.headSize()];
        for (int at = 0; at < keys.length; at++) {
            mean[at % mean.length] += keys[at] * mean.length / keys.length;
        }
        return mean;
    }

    @Override
    public float[] keyNorms(int layer, int head, long frame) {
        return norms(keys(layer, head, frame));
    }

    @Override
    public float[] valueNorms(int layer, int head, long frame) {
        return norms(values(layer, head, frame));
    }

    @Override
    public float[] queries(int layer, int head) {
        float[] queries = new float[queryRows() * shape.headSize()];
        Random random = new Random(7L * layer + head + 31L * seed);
        for (int i = 0; i < queries.length; i++) {
            queries[i] = (float) random.nextGaussian();
        }
        return queries;
    }

    @Override
    public int queryRows() {
        return PROBES * GROUP;
    }

    @Override
    public int queryGroup() {
        return GROUP;
    }

    @Override
    public float[] attention(int layer, int head, int query, long frame) {
        double sum = 1;
        for (FrameView other : frames) {
            for (double weight : weights(layer, head, query, other.frame())) {
                sum += weight;
            }
        }
        double[] weights = weights(layer, head, query, frame);
        float[] attention = new float[weights.length];
        for (int i = 0; i < attention.length; i++) {
            attention[i] = (float) (weights[i] / sum);
        }
        return attention;
    }

    @Override
    public float[] attentionMass(int layer, int head, long frame) {
        return magnitudes(rows("mass", layer, head, frame), 0.01);
    }

    @Override
    public double[] massByDistance(int layer) {
        List<FrameView> history = view().historyNewestFirst();
        double[] mass = new double[history.size()];
        for (int d = 0; d < mass.length; d++) {
            mass[d] = 0.01
                    * Math.pow(decay, d)
                    * history.get(d).held().at(layer, 0).cardinality();
        }
        return mass;
    }

    @Override
    public float[] hiddenNorms(long frame) {
        BitSet union = frames.get((int) frame).held().union();
        float[] norms = new float[union.cardinality()];
        int at = 0;
        for (int place = union.nextSetBit(0); place >= 0; place = union.nextSetBit(place + 1)) {
            norms[at++] = norms(row("hidden", 0, 0, frame, place))[0];
        }
        return norms;
    }

    @Override
    public float[] projectedValueNorms(int layer, int head, long frame) {
        return magnitudes(rows("output", layer, head, frame), 3);
    }

    private double[] weights(int layer, int head, int query, long frame) {
        return weights.computeIfAbsent(List.of(layer, head, query, frame), name -> weighed(layer, head, query, frame));
    }

    private double[] weighed(int layer, int head, int query, long frame) {
        float[] keys = keys(layer, head, frame);
        float[] queries = queries(layer, head);
        int size = shape.headSize();
        double[] weights = new double[keys.length / size];
        for (int token = 0; token < weights.length; token++) {
            double logit = 0;
            for (int c = 0; c < size; c++) {
                logit += queries[query * size + c] * keys[token * size + c];
            }
            weights[token] = Math.exp(logit / Math.sqrt(size));
        }
        return weights;
    }

    private float[] rows(String kind, int layer, int head, long frame) {
        BitSet held = frames.get((int) frame).held().at(layer, head);
        float[] rows = new float[held.cardinality() * shape.headSize()];
        int at = 0;
        for (int place = held.nextSetBit(0); place >= 0; place = held.nextSetBit(place + 1)) {
            float[] row = row(kind, layer, head, frame, place);
            System.arraycopy(row, 0, rows, at, row.length);
            at += row.length;
        }
        return rows;
    }

    private float[] row(String kind, int layer, int head, long frame, int place) {
        return told.computeIfAbsent(List.of(kind, layer, head, frame, place), name -> {
            long number = (((KINDS.get(kind) * 31L + layer) * 31 + head) * 1009 + frame) * 1009 + place;
            Random random = new Random(number * 7919 + seed);
            float[] row = new float[shape.headSize()];
            for (int c = 0; c < row.length; c++) {
                row[c] = (float) random.nextGaussian();
            }
            return row;
        });
    }

    private float[] norms(float[] rows) {
        float[] norms = new float[rows.length / shape.headSize()];
        for (int token = 0; token < norms.length; token++) {
            double squares = 0;
            for (int c = 0; c < shape.headSize(); c++) {
                squares += Math.pow(rows[token * shape.headSize() + c], 2);
            }
            norms[token] = (float) Math.sqrt(squares);
        }
        return norms;
    }

    private float[] magnitudes(float[] rows, double scale) {
        float[] first = new float[rows.length / shape.headSize()];
        for (int token = 0; token < first.length; token++) {
            first[token] = (float) (scale * Math.abs(rows[token * shape.headSize()]));
        }
        return first;
    }
}
