package io.packcache.examples.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names and shapes of the published DV4x8x8 tokenizer's tensors, 128 to 512 channels: 112.5 million numbers. Eight
 * convolutions of it belong to resamplings that this tokenizer does not do; nobody reads them.
 */
final class CosmosShapes {

    private static final int CHANNELS = 128;
    private static final int WIDE = 4 * CHANNELS;
    private static final int COEFFICIENTS = 192;
    private static final int LATENT = 16;
    private static final int CODE = 6;

    private final Map<String, long[]> tensors = new LinkedHashMap<>();

    private CosmosShapes() {}

    static Map<String, long[]> published() {
        CosmosShapes shapes = new CosmosShapes();
        shapes.encoder();
        shapes.pointwise("quant_conv", LATENT, CODE);
        shapes.pointwise("post_quant_conv", CODE, LATENT);
        shapes.decoder();
        return shapes.tensors;
    }

    private void encoder() {
        pair("encoder.conv_in", COEFFICIENTS, CHANNELS);
        stage("encoder.down.0", 2, CHANNELS, 2 * CHANNELS);
        convolution("encoder.down.0.downsample.conv1.conv3d", 2 * CHANNELS, 2 * CHANNELS, 1, 3, 3);
        convolution("encoder.down.0.downsample.conv2.conv3d", 2 * CHANNELS, 2 * CHANNELS, 3, 1, 1);
        pointwise("encoder.down.0.downsample.conv3", 2 * CHANNELS, 2 * CHANNELS);
        stage("encoder.down.1", 2, 2 * CHANNELS, WIDE);
        convolution("encoder.down.1.downsample.conv1.conv3d", WIDE, WIDE, 1, 3, 3);
        convolution("encoder.down.1.downsample.conv2.conv3d", WIDE, WIDE, 3, 1, 1);
        pointwise("encoder.down.1.downsample.conv3", WIDE, WIDE);
        stage("encoder.down.2", 2, WIDE, WIDE);
        middle("encoder.mid");
        norm("encoder.norm_out", WIDE);
        pair("encoder.conv_out", WIDE, LATENT);
    }

    private void decoder() {
        pair("decoder.conv_in", LATENT, WIDE);
        middle("decoder.mid");
        stage("decoder.up.2", 3, WIDE, WIDE);
        upsample("decoder.up.2.upsample");
        stage("decoder.up.1", 3, WIDE, WIDE);
        upsample("decoder.up.1.upsample");
        stage("decoder.up.0", 3, WIDE, 2 * CHANNELS);
        norm("decoder.norm_out", 2 * CHANNELS);
        pair("decoder.conv_out", 2 * CHANNELS, COEFFICIENTS);
    }

    private void upsample(String name) {
        convolution(name + ".conv1.conv3d", WIDE, WIDE, 3, 1, 1);
        convolution(name + ".conv2.conv3d", WIDE, WIDE, 1, 3, 3);
        pointwise(name + ".conv3", WIDE, WIDE);
    }

    private void middle(String name) {
        residual(name + ".block_1", WIDE, WIDE);
        for (int i = 0; i < 2; i++) {
            String attention = name + ".attn_1." + i;
            norm(attention + ".norm", WIDE);
            for (String projection : new String[] {"q", "k", "v", "proj_out"}) {
                pointwise(attention + "." + projection, WIDE, WIDE);
            }
        }
        residual(name + ".block_2", WIDE, WIDE);
    }

    private void stage(String name, int blocks, int inputs, int outputs) {
        for (int i = 0; i < blocks; i++) {
            residual(name + ".block." + i, i == 0 ? inputs : outputs, outputs);
        }
    }

    private void residual(String name, int inputs, int outputs) {
        norm(name + ".norm1", inputs);
        pair(name + ".conv1", inputs, outputs);
        norm(name + ".norm2", outputs);
        pair(name + ".conv2", outputs, outputs);
        if (inputs != outputs) {
            pointwise(name + ".nin_shortcut", inputs, outputs);
        }
    }

    private void pair(String name, int inputs, int outputs) {
        convolution(name + ".0.conv3d", inputs, outputs, 1, 3, 3);
        convolution(name + ".1.conv3d", outputs, outputs, 3, 1, 1);
    }

    private void pointwise(String name, int inputs, int outputs) {
        convolution(name + ".conv3d", inputs, outputs, 1, 1, 1);
    }

    private void convolution(String name, int inputs, int outputs, int... kernel) {
        tensors.put(name + ".weight", new long[] {outputs, inputs, kernel[0], kernel[1], kernel[2]});
        tensors.put(name + ".bias", new long[] {outputs});
    }

    private void norm(String name, int channels) {
        tensors.put(name + ".norm.weight", new long[] {channels});
        tensors.put(name + ".norm.bias", new long[] {channels});
    }
}
