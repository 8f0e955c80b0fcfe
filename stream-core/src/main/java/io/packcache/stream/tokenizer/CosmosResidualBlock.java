package io.packcache.stream.tokenizer;

import java.io.IOException;

/**
 * Two normalised convolutions beside a shortcut, which is a pointwise convolution where the number of channels changes.
 */
final class CosmosResidualBlock {

    private final FrameNorm norm1;
    private final CausalConv3d conv1;
    private final FrameNorm norm2;
    private final CausalConv3d conv2;
    private final Convolution shortcut;

    CosmosResidualBlock(LayerWeights source, String name, int inputs) throws IOException {
        norm1 = new FrameNorm(source, name + ".norm1", inputs);
        conv1 = new CausalConv3d(source, name + ".conv1", inputs);
        norm2 = new FrameNorm(source, name + ".norm2", conv1.outputs());
        conv2 = new CausalConv3d(source, name + ".conv2", conv1.outputs());
        String shortcutName = name + ".nin_shortcut.conv3d";
        shortcut = conv2.outputs() == inputs && !source.contains(shortcutName + ".weight")
                ? null
                : Convolution.pointwise(source, shortcutName, inputs);
    }

    int outputs() {
        return conv2.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap a = norm1.applyWithSilu(x, memory);
        FeatureMap b = conv1.apply(a, memory);
        memory.giveBack(a);
        FeatureMap c = norm2.applyWithSilu(b, memory);
        memory.giveBack(b);
        FeatureMap y = conv2.apply(c, memory);
        memory.giveBack(c);
        if (shortcut == null) {
            y.add(x);
        } else {
            FeatureMap s = shortcut.apply(x, memory);
            y.add(s);
            memory.giveBack(s);
        }
        memory.giveBack(x);
        return y;
    }
}
