package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.Checkpoint;
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
        return new ModelConfig(
                40 + CODES,
                heads * headSize,
                48,
                2,
                heads,
                kvHeads,
                1e-5f,
                10000,
                false,
                false,
                normGroups,
                false,
                false,
                4096,
                TOKENS,
                8);
    }

    static TinyModel random(ModelConfig config, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        config.tensors().forEach((name, shape) -> {
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

    Transformer load(Path folder, Backend backend, Transformer.Head head) throws IOException {
        SafetensorsBytes file = new SafetensorsBytes();
        weights.forEach(
                (name, values) -> file.floats(name, values, config.tensors().get(name)));
        file.floats("model.vqmodel.encoder.weight", new float[3], 3);
        Files.write(folder.resolve("model.safetensors"), file.build());
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return Transformer.load(checkpoint, config, backend, head);
        }
    }
}
