package io.packcache.stream.tokenizer;

import java.io.IOException;

/** Halves rows and columns: a convolution at every second position, plus the mean of four; then mixes the channels. */
final class CosmosDownsample {

    private final Convolution halve;
    private final Convolution mix;

    /** Reads {@code name.conv1} and {@code name.conv3}. */
    CosmosDownsample(LayerWeights source, String name, int channels) throws IOException {
        halve = Convolution.halving(source, name + ".conv1.conv3d", channels);
        mix = Convolution.pointwise(source, name + ".conv3.conv3d", channels);
    }

    int outputs() {
        return mix.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over and has even sides. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap small = halve.apply(x, memory);
        int below = x.columns * x.channels;
        for (int p = 0; p < small.positions(); p++) {
            int from = (p / small.columns * 2 * x.columns + p % small.columns * 2) * x.channels;
            for (int c = 0; c < x.channels; c++) {
                int at = from + c;
                float sum = x.values[at]
                        + x.values[at + x.channels]
                        + x.values[at + below]
                        + x.values[at + below + x.channels];
                small.values[p * x.channels + c] += sum / 4;
            }
        }
        memory.giveBack(x);
        FeatureMap y = mix.apply(small, memory);
        memory.giveBack(small);
        return y;
    }
}
