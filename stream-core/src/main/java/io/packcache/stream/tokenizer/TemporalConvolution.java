package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Weights;
import java.io.IOException;
import java.util.ArrayDeque;

/**
 * A causal convolution over a frame and the two before it, position by position; the first frame stands in for those
 * before it. The earlier inputs are remembered in the {@link ClipMemory}, so frame by frame equals all at once.
 */
final class TemporalConvolution {

    private static final int TAPS = 3;

    private final Weights weights;
    private final int channels;

    /** Reads {@code name.weight} of shape (outputs, inputs, 3, 1, 1) and {@code name.bias}. */
    TemporalConvolution(LayerWeights source, String name, int inputs) throws IOException {
        weights = source.convolution(name, inputs, TAPS);
        channels = inputs;
    }

    int outputs() {
        return weights.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        ArrayDeque<FeatureMap> past = memory.past(this);
        FeatureMap before = past.isEmpty() ? x : past.getLast();
        FeatureMap beforeThat = past.isEmpty() ? x : past.getFirst();
        FeatureMap y = memory.take(x.rows, x.columns, weights.outputs());
        float[] panel = memory.panel(memory.panelRows() * weights.inputs());
        for (int first = 0; first < x.positions(); first += memory.panelRows()) {
            int count = Math.min(memory.panelRows(), x.positions() - first);
            for (int i = 0; i < count; i++) {
                int from = (first + i) * channels;
                int at = i * TAPS * channels;
                System.arraycopy(beforeThat.values, from, panel, at, channels);
                System.arraycopy(before.values, from, panel, at + channels, channels);
                System.arraycopy(x.values, from, panel, at + 2 * channels, channels);
            }
            memory.multiply(weights, panel, 0, count, y.values, first * y.channels);
        }
        memory.remember(this, x, TAPS - 1);
        return y;
    }
}
