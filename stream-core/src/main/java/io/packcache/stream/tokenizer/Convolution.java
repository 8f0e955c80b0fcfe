package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Weights;
import java.io.IOException;
import java.util.Arrays;

/**
 * A convolution within one frame, as matrix products over panels of positions: each row of a panel holds the inputs under
 * the kernel of one position. Zero padding. Holds weights only.
 */
final class Convolution {

    private final Weights weights;
    private final int channels;
    private final int side;
    private final int stride;

    private Convolution(Weights weights, int channels, int side, int stride) {
        this.weights = weights;
        this.channels = channels;
        this.side = side;
        this.stride = stride;
    }

    /** Each position by itself. */
    static Convolution pointwise(LayerWeights source, String name, int inputs) throws IOException {
        return new Convolution(source.convolution(name, inputs), inputs, 1, 1);
    }

    /** A 3 x 3 kernel centred on each position. */
    static Convolution square(LayerWeights source, String name, int inputs) throws IOException {
        return new Convolution(source.convolution(name, inputs, 3, 3), inputs, 3, 1);
    }

    /** A 3 x 3 kernel with its corner on every second position: padded below and on the right only. */
    static Convolution halving(LayerWeights source, String name, int inputs) throws IOException {
        return new Convolution(source.convolution(name, inputs, 3, 3), inputs, 3, 2);
    }

    int outputs() {
        return weights.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} stays the caller's. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap y = memory.take(x.rows / stride, x.columns / stride, weights.outputs());
        float[] panel = memory.panel(memory.panelRows() * weights.inputs());
        for (int first = 0; first < y.positions(); first += memory.panelRows()) {
            int count = Math.min(memory.panelRows(), y.positions() - first);
            if (side == 1) {
                memory.multiply(weights, x.values, first * channels, count, y.values, first * y.channels);
            } else {
                fill(x, y.columns, first, count, panel);
                memory.multiply(weights, panel, 0, count, y.values, first * y.channels);
            }
        }
        return y;
    }

    private void fill(FeatureMap x, int outputColumns, int first, int count, float[] panel) {
        int padding = stride == 1 ? side / 2 : 0;
        int at = 0;
        for (int position = first; position < first + count; position++) {
            int top = position / outputColumns * stride - padding;
            int left = position % outputColumns * stride - padding;
            for (int row = top; row < top + side; row++) {
                for (int column = left; column < left + side; column++) {
                    if (row < 0 || row >= x.rows || column < 0 || column >= x.columns) {
                        Arrays.fill(panel, at, at + channels, 0);
                    } else {
                        int from = (row * x.columns + column) * channels;
                        System.arraycopy(x.values, from, panel, at, channels);
                    }
                    at += channels;
                }
            }
        }
    }
}
