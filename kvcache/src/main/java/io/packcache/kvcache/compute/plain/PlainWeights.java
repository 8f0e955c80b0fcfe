package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Weights;

/**
 * A weight matrix turned to shape (inputs, outputs), so that the innermost loop runs along memory. Numbers keep their
 * format.
 */
final class PlainWeights implements Weights {

    /** Rows of the matrix that are turned at a time. */
    private static final int ROWS = 16;

    private final NumberFormat format;
    private final int outputs;
    private final int inputs;
    private final float[] bias;

    private MatrixSource source; // until packed
    private float[] wide; // float32 once packed, shape (inputs, outputs)
    private short[] narrow; // sixteen-bit numbers once packed, the same shape

    PlainWeights(MatrixSource source, float[] bias) {
        this.source = source;
        this.format = source.format();
        this.outputs = source.outputs();
        this.inputs = source.inputs();
        this.bias = bias == null ? null : bias.clone();
        if ((long) outputs * inputs > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a matrix of " + outputs + " x " + inputs + " is too large to pack");
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

    /** Length outputs, or null. */
    float[] bias() {
        return bias;
    }

    boolean isWide() {
        return format == NumberFormat.FLOAT32;
    }

    /** Float32 numbers, shape (inputs, outputs). */
    float[] wide() {
        return wide;
    }

    /** Widens the columns {@code from} to {@code to} of all inputs into {@code target}, shape (inputs, to - from). */
    void widen(int from, int to, float[] target) {
        int count = to - from;
        for (int k = 0; k < inputs; k++) {
            for (int n = 0; n < count; n++) {
                target[k * count + n] = format.widen(narrow[k * outputs + from + n]);
            }
        }
    }

    @Override
    public long bytes() {
        return (long) outputs * inputs * format.bytes() + (bias == null ? 0 : (long) bias.length * Float.BYTES);
    }

    @Override
    public void prepare() {
        if (source == null) {
            return;
        }
        if (isWide()) {
            wide = new float[outputs * inputs];
        } else {
            narrow = new short[outputs * inputs];
        }
        float[] rows = new float[ROWS * inputs];
        for (int first = 0; first < outputs; first += ROWS) {
            int count = Math.min(ROWS, outputs - first);
            source.read(first, count, rows);
            for (int k = 0; k < inputs; k++) {
                for (int n = 0; n < count; n++) {
                    put(k * outputs + first + n, rows[n * inputs + k]);
                }
            }
        }
        source = null;
    }

    private void put(int at, float value) {
        if (wide != null) {
            wide[at] = value;
        } else {
            narrow[at] = (short) format.narrow(value);
        }
    }

    @Override
    public void close() {
        source = null;
        wide = null;
        narrow = null;
    }
}
