package io.packcache.stream.tokenizer;

import java.io.IOException;

/** The middle of encoder and decoder: a residual block, attention in space and in time, a residual block. */
final class CosmosMiddle {

    private final CosmosResidualBlock block1;
    private final SpatialAttention spatial;
    private final TemporalAttention temporal;
    private final CosmosResidualBlock block2;
    private final String[] reports;

    /**
     * Reads the layers below {@code name}.
     *
     * @param report prefix of the names under which activations are reported
     */
    CosmosMiddle(LayerWeights source, String name, int channels, String report) throws IOException {
        block1 = new CosmosResidualBlock(source, name + ".block_1", channels);
        spatial = new SpatialAttention(source, name + ".attn_1.0", block1.outputs());
        temporal = new TemporalAttention(source, name + ".attn_1.1", block1.outputs());
        block2 = new CosmosResidualBlock(source, name + ".block_2", block1.outputs());
        reports = new String[] {
            report + ".block_1", report + ".attn_spatial", report + ".attn_temporal", report + ".block_2"
        };
    }

    int outputs() {
        return block2.outputs();
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap y = memory.report(reports[0], block1.apply(x, memory));
        y = memory.report(reports[1], spatial.apply(y, memory));
        y = memory.report(reports[2], temporal.apply(y, memory));
        return memory.report(reports[3], block2.apply(y, memory));
    }
}
