package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Weights;
import java.util.Arrays;

/**
 * A weight matrix cut into panels of neighbouring outputs, so that the inner loop reads memory in order: shape (panels,
 * inputs, PANEL), zeros past the last output. Sixteen-bit numbers stay so, as {@link Widening} lays them out.
 */
final class PanelWeights implements Weights, WorkerPool.Work {

    private final WorkerPool pool;
    private final NumberFormat format;
    private final int outputs;
    private final int inputs;
    private final float[] bias; // panels x PANEL, zeros where there is none

    private MatrixSource source; // until packed
    private float[] wide; // float32 once packed
    private int[] narrow; // sixteen-bit numbers once packed

    PanelWeights(WorkerPool pool, MatrixSource source, float[] bias) {
        this.pool = pool;
        this.source = source;
        this.format = source.format();
        this.outputs = source.outputs();
        this.inputs = source.inputs();
        int panels = (outputs + PANEL - 1) / PANEL;
        if ((long) panels * inputs * PANEL > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a matrix of " + outputs + " x " + inputs + " is too large to pack");
        }
        this.bias = new float[panels * PANEL];
        if (bias != null) {
            System.arraycopy(bias, 0, this.bias, 0, outputs);
        }
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    int panels() {
        return bias.length / PANEL;
    }

    /** Shape (panels, PANEL). */
    float[] bias() {
        return bias;
    }

    @Override
    public long bytes() {
        return (long) bias.length * inputs * format.bytes() + (long) bias.length * Float.BYTES;
    }

    @Override
    public void prepare() {
        if (source == null) {
            return;
        }
        if (format == NumberFormat.FLOAT32) {
            wide = new float[bias.length * inputs];
        } else {
            narrow = new int[bias.length / 2 * inputs];
        }
        pool.run(this, panels(), 1);
        source = null;
    }

    /** The array that holds a slice of a panel: the packed numbers themselves, or {@code scratch} after widening. */
    float[] slice(int panel, int firstInput, int depth, float[] scratch) {
        if (narrow == null) {
            return wide;
        }
        Widening.rows(format, narrow, (panel * inputs + firstInput) * LANES, depth, scratch);
        return scratch;
    }

    /** Where in the array of {@link #slice} it begins. */
    int sliceAt(int panel, int firstInput) {
        return narrow == null ? (panel * inputs + firstInput) * PANEL : 0;
    }

    /** Packs some panels. */
    @Override
    public void run(int from, int to, int worker) {
        float[] rows = new float[PANEL * inputs];
        for (int panel = from; panel < to; panel++) {
            int count = Math.min(PANEL, outputs - panel * PANEL);
            source.read(panel * PANEL, count, rows);
            Arrays.fill(rows, count * inputs, rows.length, 0);
            if (narrow == null) {
                packWide(rows, panel * inputs * PANEL);
            } else {
                packNarrow(rows, panel * inputs * LANES);
            }
        }
    }

    private void packWide(float[] rows, int at) {
        for (int n = 0; n < PANEL; n++) {
            for (int k = 0; k < inputs; k++) {
                wide[at + k * PANEL + n] = rows[n * inputs + k];
            }
        }
    }

    private void packNarrow(float[] rows, int at) {
        for (int n = 0; n < LANES; n++) {
            for (int k = 0; k < inputs; k++) {
                narrow[at + k * LANES + n] =
                        Widening.pair(format, rows[n * inputs + k], rows[(n + LANES) * inputs + k]);
            }
        }
    }

    @Override
    public void close() {
        source = null;
        wide = null;
        narrow = null;
    }
}
