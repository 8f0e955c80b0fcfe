package io.packcache.stream.testkit;

import io.packcache.stream.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes a whole model folder with random weights: two layers, 16 codes, pictures of 16 x 16 pixels in 2 x 2 cells, and
 * the words a, circle, moves, red, right.
 */
public final class TinyModelFolder {

    public static final int CODES = 16;

    private static final int CODE_OFFSET = 30;
    private static final int PATCH = 3 * 4 * 8 * 8;
    private static final int CHANNELS = 4;

    private TinyModelFolder() {}

    /** Writes all files; the same seed gives the same weights. */
    public static void write(Path folder, long seed) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
            {"vocab_size": %d, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
             "num_attention_heads": 2, "num_key_value_heads": 1, "mm_rope": true,
             "tiny_tokens": {"bos": 0, "sep": 7, "new_line": 8, "mask": 9, "video_start": 10, "video_end": 11,
              "image_start": 12, "image_end": 13, "size_token_zero": 14, "visual_code_offset": %d,
              "visual_code_count": %d},
             "tiny_video": {"grid_unit_pixels": 8}}
            """.formatted(CODE_OFFSET + CODES, CODE_OFFSET, CODES));
        Files.writeString(folder.resolve("generation_config.json"), """
            {"steps": 3, "guidance": 2, "temperature": 1, "choice_temperature": 1, "history_mask_ratio": 0,
             "fps": 12, "duration_token": 2, "latent_frames": 7, "prompt_template": "{prompt}",
             "width": 16, "height": 16}
            """);
        Files.writeString(folder.resolve("tokenizer.json"), """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 1, "content": "[UNK]", "single_word": false, "lstrip": false,
              "rstrip": false, "normalized": false, "special": true}],
             "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": null, "decoder": null,
             "model": {"type": "WordLevel", "unk_token": "[UNK]",
              "vocab": {"[UNK]": 1, "a": 2, "circle": 3, "moves": 4, "red": 5, "right": 6}}}
            """);
        writeWeights(folder, new Random(seed));
        writePictureTokenizer(folder, new Random(seed), CODES);
    }

    private static void writeWeights(Path folder, Random random) throws IOException {
        SafetensorsFile weights = new SafetensorsFile();
        ModelConfig.read(folder).network().tensors().forEach((name, shape) -> {
            int[] sizes = new int[shape.length];
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = Math.toIntExact(shape[i]);
            }
            float offset = name.contains("norm") && name.endsWith("weight") ? 1 : 0;
            put(weights, name, random, 0.3f, offset, sizes);
        });
        weights.write(folder.resolve("model.safetensors"));
    }

    /** Writes the picture tokenizer, with a number of codes of its own. */
    public static void writePictureTokenizer(Path folder, Random random, int codes) throws IOException {
        Files.writeString(folder.resolve("visual_tokenizer.json"), """
            {"type": "patch-codebook", "spatial": 8, "temporal": 4, "codes": %d, "channels": %d, "blocks": 0}
            """.formatted(codes, CHANNELS));
        SafetensorsFile weights = new SafetensorsFile();
        put(weights, "codebook", random, 0.7f, 0, codes, PATCH);
        put(weights, "refine.embed", random, 1, 0, codes, CHANNELS);
        put(weights, "refine.previous", random, 1, 0, codes, CHANNELS);
        put(weights, "refine.out.weight", random, 0.2f, 0, PATCH, CHANNELS);
        put(weights, "refine.out.bias", random, 0.1f, 0, PATCH);
        weights.write(folder.resolve("visual_tokenizer.safetensors"));
    }

    private static void put(SafetensorsFile file, String name, Random random, float scale, float offset, int... shape) {
        int length = 1;
        for (int size : shape) {
            length *= size;
        }
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = offset + (random.nextFloat() * 2 - 1) * scale;
        }
        file.put(name, values, shape);
    }
}
