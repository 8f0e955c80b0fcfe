package io.packcache.stream.tokenizer;

import java.io.IOException;

/**
 * From the codes of one latent frame to the Haar coefficients of its four pictures. Holds weights only; what it remembers
 * between latent frames is in the {@link ClipMemory}.
 */
final class CosmosDecoder {

    private final FiniteScalarQuantizer quantizer;
    private final Convolution fromCodes;
    private final CausalConv3d first;
    private final CosmosMiddle middle;
    private final CosmosStage[] stages;
    private final CosmosUpsample upsample;
    private final CosmosHead head;
    private final String[] reports;

    CosmosDecoder(LayerWeights source, FiniteScalarQuantizer quantizer) throws IOException {
        this.quantizer = quantizer;
        fromCodes = Convolution.pointwise(source, "post_quant_conv.conv3d", quantizer.channels());
        first = new CausalConv3d(source, "decoder.conv_in", fromCodes.outputs());
        middle = new CosmosMiddle(source, "decoder.mid", first.outputs(), "dec.mid");
        stages = new CosmosStage[Math.max(1, CosmosStage.count(source, "decoder.up"))];
        reports = new String[stages.length];
        int last = stages.length - 1;
        stages[last] = new CosmosStage(source, "decoder.up." + last, middle.outputs());
        upsample = new CosmosUpsample(source, "decoder.up." + last + ".upsample", stages[last].outputs());
        int channels = upsample.outputs();
        for (int i = last; i >= 0; i--) {
            reports[i] = "dec.up." + i;
            if (i < last) {
                stages[i] = new CosmosStage(source, "decoder.up." + i, channels);
                channels = stages[i].outputs();
            }
        }
        head = new CosmosHead(source, "decoder", channels);
    }

    int outputs() {
        return head.outputs();
    }

    /** The Haar coefficients, two positions a side for each code; the caller owns the map. */
    FeatureMap apply(int[] codes, int rows, int columns, ClipMemory memory) {
        FeatureMap values = memory.take(rows, columns, quantizer.channels());
        for (int i = 0; i < codes.length; i++) {
            quantizer.values(codes[i], values.values, i * values.channels);
        }
        memory.report("dec.codes", values);
        FeatureMap z = memory.report("dec.z", fromCodes.apply(values, memory));
        memory.giveBack(values);
        FeatureMap y = memory.report("dec.conv_in", first.apply(z, memory));
        memory.giveBack(z);
        y = middle.apply(y, memory);
        for (int i = stages.length - 1; i >= 0; i--) {
            y = stages[i].apply(y, memory);
            if (i == stages.length - 1) {
                y = upsample.apply(y, memory);
            }
            memory.report(reports[i], y);
        }
        return memory.report("dec.conv_out", head.apply(y, memory));
    }
}
