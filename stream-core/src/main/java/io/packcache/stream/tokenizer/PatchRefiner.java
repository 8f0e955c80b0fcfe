package io.packcache.stream.tokenizer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A small convolutional network over the codes of a latent frame and the one before it, which corrects every patch of the
 * codebook by what surrounds it. Holds weights only.
 */
final class PatchRefiner {

    private final int channels;

    /** Shape (codes, channels): the code of this latent frame. */
    private final float[] embed;

    /** Shape (codes, channels): the code at the same place in the latent frame before. */
    private final float[] previous;

    private final List<Block> blocks = new ArrayList<>();
    private final Convolution out;

    PatchRefiner(LayerWeights source, PatchCodebookSettings settings) throws IOException {
        channels = settings.channels();
        embed = source.values("refine.embed", settings.codes(), channels);
        previous = source.values("refine.previous", settings.codes(), channels);
        for (int i = 0; i < settings.blocks(); i++) {
            blocks.add(new Block(source, "refine.blocks." + i, channels));
        }
        out = Convolution.pointwise(source, "refine.out", channels);
        if (out.outputs() != settings.patchValues()) {
            throw source.wrongShape("refine.out.weight", settings.patchValues() + " outputs");
        }
    }

    /**
     * The corrections of all patches; the caller owns the map.
     *
     * @param before codes of the latent frame before, or null for the first
     */
    FeatureMap apply(int[] codes, int[] before, int rows, int columns, ClipMemory memory) {
        FeatureMap h = memory.take(rows, columns, channels);
        for (int p = 0; p < codes.length; p++) {
            System.arraycopy(embed, codes[p] * channels, h.values, p * channels, channels);
            if (before != null) {
                for (int c = 0; c < channels; c++) {
                    h.values[p * channels + c] += previous[before[p] * channels + c];
                }
            }
        }
        for (Block block : blocks) {
            block.addTo(h, memory);
        }
        Silu.apply(h.values, h.values);
        FeatureMap corrections = out.apply(h, memory);
        memory.giveBack(h);
        return corrections;
    }

    private static final class Block {

        private final Convolution conv1;
        private final Convolution conv2;

        Block(LayerWeights source, String name, int channels) throws IOException {
            conv1 = Convolution.square(source, name + ".conv1", channels);
            conv2 = Convolution.square(source, name + ".conv2", conv1.outputs());
            if (conv2.outputs() != channels) {
                throw source.wrongShape(name + ".conv2.weight", channels + " outputs");
            }
        }

        void addTo(FeatureMap h, ClipMemory memory) {
            FeatureMap active = memory.take(h.rows, h.columns, h.channels);
            Silu.apply(h.values, active.values);
            FeatureMap inner = conv1.apply(active, memory);
            memory.giveBack(active);
            Silu.apply(inner.values, inner.values);
            FeatureMap change = conv2.apply(inner, memory);
            memory.giveBack(inner);
            h.add(change);
            memory.giveBack(change);
        }
    }
}
