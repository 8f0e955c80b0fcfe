package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.internal.HostTensor;
import java.util.Arrays;

/**
 * Attention that never writes a score matrix: blocks of keys pass by, and a running maximum and sum per query keep the
 * softmax right (online softmax, arXiv 1805.02867 and 2205.14135).
 *
 * <p>Queries lie across the lanes: a panel of queries is turned once, cached keys and values are read where they lie,
 * one scalar at a time, and the softmax over keys needs no sum across lanes. Query heads that share a KV head fill
 * panels together.
 *
 * <p>The softmax does not ask for an order, so encoded pages come first and raw rows after them. A block meets several
 * panels while it lies in the processor's cache; a block of a page is decoded once for them, and nothing larger is ever
 * decoded.
 */
final class FusedAttention implements WorkerPool.Work {

    /** Keys in one block, a multiple of the tile: their scores for one panel take 12 KiB. */
    private static final int KEYS = 3072 / PANEL / Tile.ROWS * Tile.ROWS;

    /** Panels that a block meets before the next one; decoding a block of a page then costs a few per cent. */
    private static final int PANELS = 128 / Lanes.LANES;

    private static final float[] ZEROS = new float[PANEL];

    private final WorkerPool pool;
    private final Scratch[] scratch;
    private Attention call;
    private int size;
    private int queriesPerKey;
    private int panelsPerItem;
    private int itemsPerKey;

    /** What one thread needs beside the arrays of the cache. */
    private static final class Scratch {
        final float[] scores = new float[(KEYS + 1) * PANEL];
        final Panel[] panels = new Panel[PANELS];
        final RowDecoder keys = new RowDecoder(KEYS);
        final RowDecoder values = new RowDecoder(KEYS);

        Scratch() {
            Arrays.setAll(panels, i -> new Panel());
        }
    }

    FusedAttention(WorkerPool pool) {
        this.pool = pool;
        scratch = new Scratch[pool.threads()];
        Arrays.setAll(scratch, i -> new Scratch());
    }

    void attend(Attention attention) {
        call = attention;
        int keyHeads = attention.cells().length;
        size = attention.queries().columns() / attention.heads();
        queriesPerKey = attention.heads() / keyHeads * attention.rows();
        int panelsPerKey = (queriesPerKey + PANEL - 1) / PANEL;
        panelsPerItem = panelsPerItem(panelsPerKey, keyHeads);
        itemsPerKey = (panelsPerKey + panelsPerItem - 1) / panelsPerItem;
        pool.run(this, itemsPerKey * keyHeads, 1);
        call = null;
    }

    /** As many as share a block, but not so many that a thread has nothing to do. */
    private int panelsPerItem(int panelsPerKey, int keyHeads) {
        int items = 2 * pool.threads();
        return Math.max(1, Math.min(Math.min(PANELS, panelsPerKey), panelsPerKey * keyHeads / items));
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int item = from; item < to; item++) {
            attendPanels(item / itemsPerKey, item % itemsPerKey * panelsPerItem * PANEL, scratch[worker]);
        }
    }

    private void attendPanels(int keyHead, int firstQuery, Scratch s) {
        int panels = Math.min(panelsPerItem, (queriesPerKey - firstQuery + PANEL - 1) / PANEL);
        for (int p = 0; p < panels; p++) {
            s.panels[p].begin(size, firstQuery + p * PANEL);
            readQueries(keyHead, s.panels[p]);
        }
        CellRows cell = call.cells()[keyHead];
        for (int i = 0; i < cell.pages().size(); i++) {
            attendPage(cell.pages().get(i), panels, s);
        }
        attendRaw(cell, panels, s);
        for (int p = 0; p < panels; p++) {
            writeOutput(keyHead, s.panels[p]);
        }
    }

    private void attendPage(Page page, int panels, Scratch s) {
        s.keys.open(page.keys());
        s.values.open(page.values());
        for (int p = 0; p < panels; p++) {
            Basis.enter(s.panels[p], size, page, s.keys.isMixed(), s.values.isMixed());
        }
        for (int first = 0; first < page.rows(); first += KEYS) {
            int count = Math.min(KEYS, page.rows() - first);
            s.keys.decode(first, count);
            s.values.decode(first, count);
            for (int p = 0; p < panels; p++) {
                Panel panel = s.panels[p];
                score(s.keys.data(), s.keys.at(), count, panel.met, page.bias(), first, s.scores);
                OnlineSoftmax.apply(s.scores, count, panel);
                WeightedValues.add(s.values.data(), s.values.at(), size, s.scores, count, panel.output);
            }
        }
        for (int p = 0; p < panels && s.values.isMixed(); p++) {
            Basis.mix(s.panels[p].output, size);
        }
    }

    private void attendRaw(CellRows cell, int panels, Scratch s) {
        float[] keys = data(cell.keys());
        float[] values = data(cell.values());
        for (int key = 0; key < cell.count(); key += KEYS) {
            for (int p = 0; p < panels; p++) {
                Panel panel = s.panels[p];
                int count = Math.min(KEYS, panel.anyoneSees - key);
                if (count <= 0) {
                    continue;
                }
                score(keys, key * size, count, panel.queries, cell.bias(), key, s.scores);
                if (key + count > panel.everyoneSees) {
                    hide(s.scores, key, count, panel.visible);
                }
                OnlineSoftmax.apply(s.scores, count, panel);
                WeightedValues.add(values, key * size, size, s.scores, count, panel.output);
            }
        }
    }

    /** Where query number {@code q} of a KV head lies in queries and output. */
    private int offset(int keyHead, int q) {
        int head = keyHead * (call.heads() / call.cells().length) + q / call.rows();
        return ((call.firstRow() + q % call.rows()) * call.heads() + head) * size;
    }

    /** Past the last query the last is repeated. */
    private void readQueries(int keyHead, Panel panel) {
        float[] queries = data(call.queries());
        float scale = (float) (1 / Math.sqrt(size)) * Powers.LOG2_E;
        for (int lane = 0; lane < PANEL; lane++) {
            int q = Math.min(panel.firstQuery + lane, queriesPerKey - 1);
            int at = offset(keyHead, q);
            for (int c = 0; c < size; c++) {
                panel.queries[c * PANEL + lane] = queries[at + c] * scale;
            }
            panel.visible[lane] = call.visible(q % call.rows(), keyHead);
        }
        panel.countVisible();
    }

    /** Every score begins with nothing, or with the bias of its key. */
    private void score(float[] keys, int at, int count, float[] queries, float[] bias, int biasAt, float[] scores) {
        float[] start = ZEROS;
        int stride = 0;
        if (bias != null) {
            for (int t = 0; t < count; t++) {
                Arrays.fill(scores, t * PANEL, (t + 1) * PANEL, bias[biasAt + t] * Powers.LOG2_E);
            }
            start = scores;
            stride = PANEL;
        }
        for (int t = 0; t < count; t += Tile.ROWS) {
            int last = Math.min(Tile.ROWS, count - t) - 1;
            int key = at + t * size;
            Tile.multiply(keys, key, size, last, queries, 0, size, start, t * stride, stride, scores, t * PANEL, PANEL);
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

    private void writeOutput(int keyHead, Panel panel) {
        float[] output = data(call.output());
        for (int lane = 0; lane < Math.min(PANEL, queriesPerKey - panel.firstQuery); lane++) {
            int at = offset(keyHead, panel.firstQuery + lane);
            float share = 1 / panel.sums[lane];
            for (int c = 0; c < size; c++) {
                output[at + c] = panel.output[c * PANEL + lane] * share;
            }
        }
    }

    private static float[] data(Tensor tensor) {
        return ((HostTensor) tensor).data();
    }
}
