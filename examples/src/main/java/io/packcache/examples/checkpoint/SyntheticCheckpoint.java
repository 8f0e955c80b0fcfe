package io.packcache.examples.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.compute.NumberFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a whole model folder of a given shape with random weights: what a real checkpoint would cost in memory
 * and time can be tried before it is downloaded. Its pictures are noise.
 */
public final class SyntheticCheckpoint {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SyntheticCheckpoint() {}

    /**
     * Writes config, sharded weights and their index, a byte-level text tokenizer and a picture tokenizer of the published
     * size.
     *
     * @param folder created if absent
     * @param config content of {@code config.json}
     * @param format of the generator's weights; the picture tokenizer's are bfloat16
     * @param shardBytes a new shard begins before it would exceed this
     * @param seed same seed, same files
     */
    public static void write(Path folder, String config, NumberFormat format, long shardBytes, long seed)
            throws IOException {
        writeModel(folder, config, format, shardBytes, seed);
        Files.writeString(folder.resolve("tokenizer.json"), ByteTokenizer.json());
        Path pictures = folder.resolve("visual_tokenizer.safetensors");
        RandomWeights.write(pictures, CosmosShapes.published(), NumberFormat.BFLOAT16, seed + 1);
    }

    /** Writes config and weights only. */
    public static void writeModel(Path folder, String config, NumberFormat format, long shardBytes, long seed)
            throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config);
        List<Map<String, long[]>> shards =
                shards(ModelFamily.read(folder).network().tensors(), format, shardBytes);
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata");
        ObjectNode weightMap = index.putObject("weight_map");
        for (int i = 0; i < shards.size(); i++) {
            String name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            RandomWeights.write(folder.resolve(name), shards.get(i), format, seed + 100 + i);
            shards.get(i).keySet().forEach(tensor -> weightMap.put(tensor, name));
        }
        JSON.writeValue(folder.resolve("model.safetensors.index.json").toFile(), index);
    }

    private static List<Map<String, long[]>> shards(Map<String, long[]> tensors, NumberFormat format, long shardBytes) {
        List<Map<String, long[]>> shards = new ArrayList<>();
        long bytes = 0;
        for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
            long next = RandomWeights.bytes(tensor.getValue(), format);
            if (shards.isEmpty() || bytes + next > shardBytes) {
                shards.add(new LinkedHashMap<>());
                bytes = 0;
            }
            shards.get(shards.size() - 1).put(tensor.getKey(), tensor.getValue());
            bytes += next;
        }
        return shards;
    }
}
