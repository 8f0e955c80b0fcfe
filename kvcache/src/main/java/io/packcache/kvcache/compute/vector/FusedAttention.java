package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.larger;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.internal.HostTensor;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention that never writes a score matrix: blocks of keys pass by, and a running maximum and sum per query keep the
 * softmax right (online softmax, arXiv 1805.02867 and 2205.14135).
 *
 * <p>Queries lie across the lanes: a panel of queries is turned once, cached keys and values are read where they lie,
 * one scalar at a time, and the softmax over keys needs no sum across lanes. Query heads that share a KV head fill
 * panels together.
 */
final class FusedAttention implements WorkerPool.Work {

    /** Keys in one block, a multiple of the tile: their scores for one panel take 12 KiB. */
    private static final int KEYS = 3072 / PANEL / Tile.ROWS * Tile.ROWS;

    /** Channels whose sums over values are kept in registers at once. */
    private static final int CHANNELS = 4;

    private final WorkerPool pool;
    private final Scratch[] scratch;
    private Attention call;
    private int size;
    private int queriesPerKey;
    private int panelsPerKey;

    /** One thread's panel of queries; the last dimension of every array is the PANEL queries. */
    private static final class Scratch {
        final float[] scores = new float[(KEYS + 1) * PANEL];
        final float[] largest = new float[PANEL];
        final float[] sums = new float[PANEL];
        final int[] visible = new int[PANEL];
        float[] queries = new float[0];
        float[] output = new float[0];

        void begin(int headSize) {
            if (queries.length != headSize * PANEL) {
                queries = new float[headSize * PANEL];
                output = new float[headSize * PANEL];
            }
            Arrays.fill(output, 0);
            Arrays.fill(sums, 0);
            Arrays.fill(largest, -Float.MAX_VALUE);
        }
    }

    FusedAttention(WorkerPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        Arrays.setAll(scratch, i -> new Scratch());
    }

    void attend(Attention attention) {
        call = attention;
        size = attention.queries().columns() / attention.heads();
        queriesPerKey = attention.heads() / attention.cells().length * attention.rows();
        panelsPerKey = (queriesPerKey + PANEL - 1) / PANEL;
        pool.run(this, panelsPerKey * attention.cells().length, 1);
        call = null;
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int item = from; item < to; item++) {
            attendPanel(item / panelsPerKey, item % panelsPerKey * PANEL, scratch[worker]);
        }
    }

    private void attendPanel(int keyHead, int firstQuery, Scratch s) {
        s.begin(size);
        readQueries(keyHead, firstQuery, s);
        CellRows cell = call.cells()[keyHead];
        int everyoneSees = cell.count();
        int anyoneSees = 0;
        for (int count : s.visible) {
            everyoneSees = Math.min(everyoneSees, count);
            anyoneSees = Math.max(anyoneSees, count);
        }
        float[] keys = data(cell.keys());
        float[] values = data(cell.values());
        for (int key = 0; key < anyoneSees; key += KEYS) {
            int count = Math.min(KEYS, anyoneSees - key);
            score(keys, key, count, s);
            if (key + count > everyoneSees) {
                hide(s.scores, key, count, s.visible);
            }
            softmax(count, s);
            addValues(values, key, count, s);
        }
        writeOutput(keyHead, firstQuery, s);
    }

    /** Where query number {@code q} of a KV head lies in queries and output; past the last it repeats the last. */
    private int offset(int keyHead, int q) {
        int head = keyHead * (call.heads() / call.cells().length) + q / call.rows();
        return ((call.firstRow() + q % call.rows()) * call.heads() + head) * size;
    }

    private void readQueries(int keyHead, int firstQuery, Scratch s) {
        float[] queries = data(call.queries());
        float scale = (float) (1 / Math.sqrt(size)) * Powers.LOG2_E;
        for (int lane = 0; lane < PANEL; lane++) {
            int q = Math.min(firstQuery + lane, queriesPerKey - 1);
            int at = offset(keyHead, q);
            for (int c = 0; c < size; c++) {
                s.queries[c * PANEL + lane] = queries[at + c] * scale;
            }
            s.visible[lane] = call.visible(q % call.rows(), keyHead);
        }
    }

    private void score(float[] keys, int key, int count, Scratch s) {
        Arrays.fill(s.scores, 0, count * PANEL, 0);
        for (int t = 0; t < count; t += Tile.ROWS) {
            int last = Math.min(Tile.ROWS, count - t) - 1;
            Tile.accumulate(keys, (key + t) * size, size, last, s.queries, 0, size, s.scores, t * PANEL, PANEL);
        }
    }

    /** Scores of keys beyond what a query sees become minus infinity. */
    private static void hide(float[] scores, int key, int count, int[] visible) {
        for (int lane = 0; lane < PANEL; lane++) {
            for (int t = Math.max(0, visible[lane] - key); t < count; t++) {
                scores[t * PANEL + lane] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /**
     * Turns scores into weights relative to the new maximum, and says by how much older sums must shrink.
     *
     * <p>The old maximum rides along as one more row of scores: its weight is that factor.
     */
    private static void softmax(int count, Scratch s) {
        System.arraycopy(s.largest, 0, s.scores, count * PANEL, PANEL);
        raiseLargest(s.scores, count, s.largest);
        Powers.exp2(s.scores, 0, count + 1, s.largest);
        addWeights(s.scores, count, s.sums);
    }

    private static void raiseLargest(float[] scores, int count, float[] largest) {
        FloatVector max0 = load(scores, 0);
        FloatVector max1 = load(scores, LANES);
        for (int t = 1; t < count; t++) {
            max0 = larger(load(scores, t * PANEL), max0);
            max1 = larger(load(scores, t * PANEL + LANES), max1);
        }
        larger(load(largest, 0), max0).intoArray(largest, 0);
        larger(load(largest, LANES), max1).intoArray(largest, LANES);
    }

    private static void addWeights(float[] weights, int count, float[] sums) {
        FloatVector sum0 = all(0);
        FloatVector sum1 = all(0);
        for (int t = 0; t < count; t++) {
            sum0 = load(weights, t * PANEL).add(sum0);
            sum1 = load(weights, t * PANEL + LANES).add(sum1);
        }
        load(sums, 0).fma(load(weights, count * PANEL), sum0).intoArray(sums, 0);
        load(sums, LANES).fma(load(weights, count * PANEL + LANES), sum1).intoArray(sums, LANES);
    }

    private void addValues(float[] values, int key, int count, Scratch s) {
        int c = 0;
        for (; c + CHANNELS <= size; c += CHANNELS) {
            addFourChannels(values, key * size + c, size, s.scores, count, s.output, c * PANEL);
        }
        for (; c < size; c++) {
            addOneChannel(values, key * size + c, size, s.scores, count, s.output, c * PANEL);
        }
    }

    private static void addFourChannels(
            float[] values, int at, int stride, float[] weights, int count, float[] out, int to) {
        FloatVector s00 = all(0);
        FloatVector s01 = all(0);
        FloatVector s10 = all(0);
        FloatVector s11 = all(0);
        FloatVector s20 = all(0);
        FloatVector s21 = all(0);
        FloatVector s30 = all(0);
        FloatVector s31 = all(0);
        for (int t = 0; t < count; t++) {
            int v = at + t * stride;
            FloatVector w0 = load(weights, t * PANEL);
            FloatVector w1 = load(weights, t * PANEL + LANES);
            FloatVector v0 = all(values[v]);
            s00 = v0.fma(w0, s00);
            s01 = v0.fma(w1, s01);
            FloatVector v1 = all(values[v + 1]);
            s10 = v1.fma(w0, s10);
            s11 = v1.fma(w1, s11);
            FloatVector v2 = all(values[v + 2]);
            s20 = v2.fma(w0, s20);
            s21 = v2.fma(w1, s21);
            FloatVector v3 = all(values[v + 3]);
            s30 = v3.fma(w0, s30);
            s31 = v3.fma(w1, s31);
        }
        FloatVector shrink0 = load(weights, count * PANEL);
        FloatVector shrink1 = load(weights, count * PANEL + LANES);
        load(out, to).fma(shrink0, s00).intoArray(out, to);
        load(out, to + LANES).fma(shrink1, s01).intoArray(out, to + LANES);
        load(out, to + PANEL).fma(shrink0, s10).intoArray(out, to + PANEL);
        load(out, to + PANEL + LANES).fma(shrink1, s11).intoArray(out, to + PANEL + LANES);
        load(out, to + 2 * PANEL).fma(shrink0, s20).intoArray(out, to + 2 * PANEL);
        load(out, to + 2 * PANEL + LANES).fma(shrink1, s21).intoArray(out, to + 2 * PANEL + LANES);
        load(out, to + 3 * PANEL).fma(shrink0, s30).intoArray(out, to + 3 * PANEL);
        load(out, to + 3 * PANEL + LANES).fma(shrink1, s31).intoArray(out, to + 3 * PANEL + LANES);
    }

    /** For head sizes that are no multiple of four. */
    private static void addOneChannel(
            float[] values, int at, int stride, float[] weights, int count, float[] out, int to) {
        for (int lane = 0; lane < PANEL; lane++) {
            out[to + lane] *= weights[count * PANEL + lane];
        }
        for (int t = 0; t < count; t++) {
            float value = values[at + t * stride];
            for (int lane = 0; lane < PANEL; lane++) {
                out[to + lane] += value * weights[t * PANEL + lane];
            }
        }
    }

    private void writeOutput(int keyHead, int firstQuery, Scratch s) {
        float[] output = data(call.output());
        for (int lane = 0; lane < Math.min(PANEL, queriesPerKey - firstQuery); lane++) {
            int at = offset(keyHead, firstQuery + lane);
            float share = 1 / s.sums[lane];
            for (int c = 0; c < size; c++) {
                output[at + c] = s.output[c * PANEL + lane] * share;
            }
        }
    }

    private static float[] data(Tensor tensor) {
        return ((HostTensor) tensor).data();
    }
}
