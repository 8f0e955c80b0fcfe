package io.packcache.stream.tokenizer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The residual blocks of one resolution, {@code name.block.0} and so on for as many as the file holds. */
final class CosmosStage {

    private final List<CosmosResidualBlock> blocks = new ArrayList<>();
    private final int outputs;

    CosmosStage(LayerWeights source, String name, int inputs) throws IOException {
        int channels = inputs;
        do {
            CosmosResidualBlock block = new CosmosResidualBlock(source, name + ".block." + blocks.size(), channels);
            blocks.add(block);
            channels = block.outputs();
        } while (source.contains(name + ".block." + blocks.size() + ".conv1.0.conv3d.weight"));
        outputs = channels;
    }

    /** How many stages {@code name.0}, {@code name.1} and so on the file holds. */
    static int count(LayerWeights source, String name) {
        int count = 0;
        while (source.contains(name + "." + count + ".block.0.conv1.0.conv3d.weight")) {
            count++;
        }
        return count;
    }

    int outputs() {
        return outputs;
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap y = x;
        for (CosmosResidualBlock block : blocks) {
            y = block.apply(y, memory);
        }
        return y;
    }
}
