package io.packcache.stream.tokenizer;

import java.io.IOException;

/**
 * From the Haar coefficients of four pictures to the codes of their latent frame. Holds weights only; what it remembers
 * between latent frames is in the {@link ClipMemory}.
 */
final class CosmosEncoder {

    private final FiniteScalarQuantizer quantizer;
    private final CausalConv3d first;
    private final CosmosStage[] stages;
    private final CosmosDownsample downsample;
    private final CosmosMiddle middle;
    private final CosmosHead head;
    private final Convolution toCodes;

    CosmosEncoder(LayerWeights source, FiniteScalarQuantizer quantizer, int coefficients) throws IOException {
        this.quantizer = quantizer;
        first = new CausalConv3d(source, "encoder.conv_in", coefficients);
        stages = new CosmosStage[Math.max(1, CosmosStage.count(source, "encoder.down"))];
        stages[0] = new CosmosStage(source, "encoder.down.0", first.outputs());
        downsample = new CosmosDownsample(source, "encoder.down.0.downsample", stages[0].outputs());
        int channels = downsample.outputs();
        for (int i = 1; i < stages.length; i++) {
            stages[i] = new CosmosStage(source, "encoder.down." + i, channels);
            channels = stages[i].outputs();
        }
        middle = new CosmosMiddle(source, "encoder.mid", channels, "enc.mid");
        head = new CosmosHead(source, "encoder", middle.outputs());
        toCodes = Convolution.pointwise(source, "quant_conv.conv3d", head.outputs());
        if (toCodes.outputs() != quantizer.channels()) {
            throw source.wrongShape("quant_conv.conv3d.weight", quantizer.channels() + " outputs");
        }
    }

    /**
     * The codes of one latent frame, row-major.
     *
     * @param coefficients two positions a side for each code; taken over
     */
    int[] apply(FeatureMap coefficients, ClipMemory memory) {
        memory.report("enc.haar", coefficients);
        FeatureMap y = first.apply(coefficients, memory);
        memory.giveBack(coefficients);
        y = downsample.apply(stages[0].apply(y, memory), memory);
        for (int i = 1; i < stages.length; i++) {
            y = stages[i].apply(y, memory);
        }
        y = head.apply(middle.apply(y, memory), memory);
        FeatureMap values = memory.report("enc.prequant", toCodes.apply(y, memory));
        memory.giveBack(y);
        int[] codes = new int[values.positions()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = quantizer.code(values.values, i * values.channels);
        }
        memory.giveBack(values);
        return codes;
    }
}
