package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import io.packcache.kvcache.compute.Weights;

/**
 * A weight matrix cut into panels of neighbouring outputs, so that the inner loop reads memory in order.
 *
 * @param values shape (panels, inputs, PANEL), zeros past the last output
 * @param bias shape (panels, PANEL), zeros where there is none
 */
record PanelWeights(float[] values, int outputs, int inputs, float[] bias) implements Weights {

    static PanelWeights of(float[] matrix, int outputs, int inputs, float[] bias) {
        int panels = (outputs + PANEL - 1) / PANEL;
        long length = (long) panels * inputs * PANEL;
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a matrix of " + outputs + " x " + inputs + " is too large to pack");
        }
        float[] values = new float[(int) length];
        for (int n = 0; n < outputs; n++) {
            int to = n / PANEL * inputs * PANEL + n % PANEL;
            for (int k = 0; k < inputs; k++) {
                values[to + k * PANEL] = matrix[n * inputs + k];
            }
        }
        float[] padded = new float[panels * PANEL];
        if (bias != null) {
            System.arraycopy(bias, 0, padded, 0, outputs);
        }
        return new PanelWeights(values, outputs, inputs, padded);
    }

    int panels() {
        return bias.length / PANEL;
    }

    @Override
    public long bytes() {
        return ((long) values.length + bias.length) * Float.BYTES;
    }

    @Override
    public void close() {}
}
