package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.stream.checkpoint.SafetensorsBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * A small model with random weights.
 *
 * @param config what it looks like
 * @param weights by tensor name, row-major
 */
record TinyModel(ModelConfig config, Map<String, float[]> weights) {

    static final int CODES = 24;

    private static final SpecialTokens TOKENS = new SpecialTokens(0, 30, 31, 1, 32, 33, 34, 35, 36, 40, CODES);

    /** Shape of a model of a few thousand weights; frames are counted in units of 8 pixels. */
    static ModelConfig config(int headSize, int heads, int kvHeads, int normGroups) {
        NetworkConfig network = new NetworkConfig(
                40 + CODES,
                0,
                heads * headSize,
                48,
                2,
                heads,
                kvHeads,
                1e-5f,
                10000,
                1,
                false,
                false,
                normGroups,
                false,
                false,
                4096);
        return new ModelConfig(network, TOKENS, 8);
    }

    static TinyModel random(ModelConfig config, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        config.network().tensors().forEach((name, shape) -> {
            int numbers = 1;
            for (long size : shape) {
                numbers *= (int) size;
            }
            boolean norm = name.endsWith("norm.weight") || name.endsWith("layernorm.weight");
            double scale = norm || shape.length == 1 ? 0.2 : 1 / Math.sqrt((double) shape[1]);
            float[] values = new float[numbers];
            for (int i = 0; i < numbers; i++) {
                values[i] = (float) ((norm ? 1 : 0) + scale * random.nextGaussian());
            }
            weights.put(name, values);
        });
        return new TinyModel(config, weights);
    }

    /** Writes the weights into a folder and opens them, to answer with picture codes. */
    Transformer load(Path folder, Backend backend) throws IOException {
        return load(folder, backend, config.codesPlan());
    }

    Transformer load(Path folder, Backend backend, TransformerPlan plan) throws IOException {
        write(folder, "F32");
        return Transformer.load(folder, plan, backend);
    }

    /** The same with every weight cut to what a sixteen-bit format can hold. */
    TinyModel roundedTo(String type) {
        NumberFormat format = type.equals("F16") ? NumberFormat.FLOAT16 : NumberFormat.BFLOAT16;
        Map<String, float[]> rounded = new LinkedHashMap<>();
        weights.forEach((name, values) -> {
            float[] cut = new float[values.length];
            for (int i = 0; i < cut.length; i++) {
                cut[i] = format.widen(format.narrow(values[i]));
            }
            rounded.put(name, cut);
        });
        return new TinyModel(config, rounded);
    }

    /** Writes the weights as F32, F16 or BF16, with a tensor that nobody reads. */
    void write(Path folder, String type) throws IOException {
        SafetensorsBytes file = new SafetensorsBytes();
        Map<String, long[]> shapes = config.network().tensors();
        weights.forEach((name, values) -> file.weights(name, type, values, shapes.get(name)));
        file.floats("model.vqmodel.encoder.weight", new float[3], 3);
        Files.write(folder.resolve("model.safetensors"), file.build());
    }
}
