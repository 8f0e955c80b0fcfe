package io.packcache.stream.tokenizer;

/**
 * Sees what a {@link CosmosTokenizer} computes on its way, layer by layer, so that it can be compared with another
 * implementation. Called on the thread that encodes or decodes.
 */
@FunctionalInterface
public interface ActivationListener {

    /** Ignores everything. */
    ActivationListener NONE = (name, frame, rows, columns, channels, values) -> {};

    /**
     * One frame of one layer.
     *
     * <p>Names, in order, while decoding: {@code dec.codes}, {@code dec.z}, {@code dec.conv_in}, {@code dec.mid.block_1},
     * {@code dec.mid.attn_spatial}, {@code dec.mid.attn_temporal}, {@code dec.mid.block_2}, {@code dec.up.2},
     * {@code dec.up.1}, {@code dec.up.0}, {@code dec.conv_out}, and {@code dec.rgb} for each picture, before clamping.
     * While encoding: {@code enc.haar}, {@code enc.prequant}.
     *
     * @param name name of the layer
     * @param frame index in time from 0: of the picture for {@code dec.rgb}, of the latent frame otherwise
     * @param values {@code rows * columns * channels} of them, the channels of one position together, positions
     *     row-major; the array may be longer, is valid during the call only, and must not be written
     */
    void activation(String name, int frame, int rows, int columns, int channels, float[] values);
}
