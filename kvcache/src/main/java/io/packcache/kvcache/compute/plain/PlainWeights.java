package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.Weights;

/**
 * A weight matrix turned to shape (inputs, outputs), so that the innermost loop runs along memory.
 *
 * @param values shape (inputs, outputs)
 * @param bias length outputs, or null
 */
record PlainWeights(float[] values, int outputs, int inputs, float[] bias) implements Weights {

    static PlainWeights of(float[] matrix, int outputs, int inputs, float[] bias) {
        float[] turned = new float[matrix.length];
        for (int n = 0; n < outputs; n++) {
            for (int k = 0; k < inputs; k++) {
                turned[k * outputs + n] = matrix[n * inputs + k];
            }
        }
        return new PlainWeights(turned, outputs, inputs, bias == null ? null : bias.clone());
    }

    @Override
    public long bytes() {
        return ((long) values.length + (bias == null ? 0 : bias.length)) * Float.BYTES;
    }

    @Override
    public void close() {}
}
