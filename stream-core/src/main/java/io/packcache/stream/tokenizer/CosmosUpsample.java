package io.packcache.stream.tokenizer;

import java.io.IOException;

/** Doubles rows and columns: repeats every position, adds a convolution of the result, mixes the channels. */
final class CosmosUpsample {

    private final Convolution smooth;
    private final Convolution mix;

    /** Reads {@code name.conv2} and {@code name.conv3}. */
    CosmosUpsample(LayerWeights source, String name, int channels) throws IOException {
        smooth = Convolution.square(source, name + ".conv2.conv3d", channels);
        mix = Convolution.pointwise(source, name + ".conv3.conv3d", channels);
    }

    int outputs() {
        return mix.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap large = memory.take(2 * x.rows, 2 * x.columns, x.channels);
        for (int p = 0; p < large.positions(); p++) {
            int from = p / large.columns / 2 * x.columns + p % large.columns / 2;
            System.arraycopy(x.values, from * x.channels, large.values, p * x.channels, x.channels);
        }
        memory.giveBack(x);
        FeatureMap smoothed = smooth.apply(large, memory);
        smoothed.add(large);
        memory.giveBack(large);
        FeatureMap y = mix.apply(smoothed, memory);
        memory.giveBack(smoothed);
        return y;
    }
}
