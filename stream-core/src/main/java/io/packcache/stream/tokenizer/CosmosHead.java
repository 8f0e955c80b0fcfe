package io.packcache.stream.tokenizer;

import java.io.IOException;

/** The end of encoder and decoder: norm, activation, convolution. */
final class CosmosHead {

    private final FrameNorm norm;
    private final CausalConv3d convolution;

    /** Reads {@code name.norm_out} and {@code name.conv_out}. */
    CosmosHead(LayerWeights source, String name, int channels) throws IOException {
        norm = new FrameNorm(source, name + ".norm_out", channels);
        convolution = new CausalConv3d(source, name + ".conv_out", channels);
    }

    int outputs() {
        return convolution.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap normed = norm.applyWithSilu(x, memory);
        memory.giveBack(x);
        FeatureMap y = convolution.apply(normed, memory);
        memory.giveBack(normed);
        return y;
    }
}
