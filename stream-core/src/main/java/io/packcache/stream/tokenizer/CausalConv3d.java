package io.packcache.stream.tokenizer;

import java.io.IOException;

/** A three-dimensional convolution in two factors: {@code name.0} within the frame, {@code name.1} over time. */
final class CausalConv3d {

    private final Convolution spatial;
    private final TemporalConvolution temporal;

    CausalConv3d(LayerWeights source, String name, int inputs) throws IOException {
        spatial = Convolution.square(source, name + ".0.conv3d", inputs);
        temporal = new TemporalConvolution(source, name + ".1.conv3d", spatial.outputs());
    }

    int outputs() {
        return temporal.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} stays the caller's. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        return temporal.apply(spatial.apply(x, memory), memory);
    }
}
