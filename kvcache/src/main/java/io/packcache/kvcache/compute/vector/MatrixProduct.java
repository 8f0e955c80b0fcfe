package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import io.packcache.kvcache.compute.internal.HostTensor;

/**
 * {@code y = W x + bias}, block by block: some rows of x stay in the second-level cache while the panels of W pass, and
 * a slice of a panel stays in the first-level cache while those rows pass.
 */
final class MatrixProduct implements WorkerPool.Work {

    /** Rows of x in one block, a multiple of the tile. */
    private static final int ROW_BLOCK = 16 * Tile.ROWS;

    /** Panels in one item of work; neighbouring panels share cache lines of y. */
    private static final int PANELS = 2;

    /** Inputs in one slice: it takes 16 KiB of the first-level cache. */
    private static final int DEPTH = 4096 / PANEL;

    /** Per thread, where a last panel that is wider than y is computed. */
    private final float[][] edges;

    /** Per thread, a slice of sixteen-bit weights after widening; all rows of a block pass before it is widened again. */
    private final float[][] slices;

    private final WorkerPool pool;
    private float[] x;
    private float[] y;
    private PanelWeights weights;
    private int firstRow;
    private int rows;
    private int panelGroups;

    MatrixProduct(WorkerPool pool) {
        this.pool = pool;
        this.edges = new float[pool.threads()][ROW_BLOCK * PANEL];
        this.slices = new float[pool.threads()][DEPTH * PANEL];
    }

    void multiply(HostTensor from, int first, int count, PanelWeights by, HostTensor to) {
        by.prepare();
        x = from.data();
        y = to.data();
        weights = by;
        firstRow = first;
        rows = count;
        panelGroups = (by.panels() + PANELS - 1) / PANELS;
        pool.run(this, (count + ROW_BLOCK - 1) / ROW_BLOCK * panelGroups, 1);
        x = null;
        y = null;
        weights = null;
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int item = from; item < to; item++) {
            int block = item / panelGroups * ROW_BLOCK;
            int panel = item % panelGroups * PANELS;
            for (int p = panel; p < Math.min(weights.panels(), panel + PANELS); p++) {
                multiplyPanel(firstRow + block, Math.min(ROW_BLOCK, rows - block), p, worker);
            }
        }
    }

    private void multiplyPanel(int row, int count, int panel, int worker) {
        int outputs = weights.outputs();
        int width = Math.min(PANEL, outputs - panel * PANEL);
        if (width == PANEL) {
            accumulatePanel(row, count, panel, slices[worker], y, row * outputs + panel * PANEL, outputs);
            return;
        }
        float[] edge = edges[worker];
        accumulatePanel(row, count, panel, slices[worker], edge, 0, PANEL);
        for (int r = 0; r < count; r++) {
            System.arraycopy(edge, r * PANEL, y, (row + r) * outputs + panel * PANEL, width);
        }
    }

    private void accumulatePanel(int row, int count, int panel, float[] scratch, float[] c, int cAt, int cStride) {
        int inputs = weights.inputs();
        float[] start = weights.bias();
        int startAt = panel * PANEL;
        int startStride = 0;
        for (int k = 0; k < inputs; k += DEPTH) {
            int depth = Math.min(DEPTH, inputs - k);
            float[] slice = weights.slice(panel, k, depth, scratch);
            int sliceAt = weights.sliceAt(panel, k);
            for (int r = 0; r < count; r += Tile.ROWS) {
                int last = Math.min(Tile.ROWS, count - r) - 1;
                int xAt = (row + r) * inputs + k;
                int from = startAt + r * startStride;
                int to = cAt + r * cStride;
                Tile.multiply(x, xAt, inputs, last, slice, sliceAt, depth, start, from, startStride, c, to, cStride);
            }
            start = c;
            startAt = cAt;
            startStride = cStride;
        }
    }
}
