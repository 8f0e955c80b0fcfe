package io.packcache.stream.tokenizer;

import java.io.IOException;

/** GroupNorm with one group: each frame is normalised over all its positions and channels, then scaled by channel. */
final class FrameNorm {

    private static final double EPSILON = 1e-6;

    private final float[] weight;
    private final float[] bias;

    /** Reads {@code name.norm.weight} and {@code name.norm.bias}. */
    FrameNorm(LayerWeights source, String name, int channels) throws IOException {
        weight = source.values(name + ".norm.weight", channels);
        bias = source.values(name + ".norm.bias", channels);
    }

    /** Computes a new map, which the caller owns; {@code x} stays the caller's. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        double sum = 0;
        for (float value : x.values) {
            sum += value;
        }
        double mean = sum / x.values.length;
        double squares = 0;
        for (float value : x.values) {
            squares += (value - mean) * (value - mean);
        }
        double scale = 1 / Math.sqrt(squares / x.values.length + EPSILON);
        FeatureMap y = memory.take(x.rows, x.columns, x.channels);
        for (int at = 0; at < x.values.length; at += x.channels) {
            for (int c = 0; c < x.channels; c++) {
                y.values[at + c] = (float) ((x.values[at + c] - mean) * scale) * weight[c] + bias[c];
            }
        }
        return y;
    }

    /** The same, followed by {@link Silu}. */
    FeatureMap applyWithSilu(FeatureMap x, ClipMemory memory) {
        FeatureMap y = apply(x, memory);
        Silu.apply(y.values, y.values);
        return y;
    }
}
