package io.packcache.examples.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * How large the paper's workload is.
 *
 * @param config content of the model's {@code config.json}; its weights are random
 * @param width of the pictures in pixels
 * @param height of the pictures in pixels
 * @param text tokens of the prompt
 * @param latentFrames lengths of clips to report, ascending
 * @param steps refinement steps of a frame
 */
record PaperScale(String config, int width, int height, int text, List<Integer> latentFrames, int steps) {

    /**
     * The geometry of PackCache's published figures (arXiv 2601.04359): 4,084 tokens a latent frame, 24 and 48 pictures,
     * 50 steps. The published model's shape is not public; this one has 3 billion parameters.
     */
    static final PaperScale FULL =
            new PaperScale(config(3072, 8192, 28, 24, 8, 129_536).toString(), 672, 384, 150, List.of(7, 13), 50);

    /** The same work in a second on a CPU, to see that it is done right. */
    static final PaperScale SMALL = new PaperScale(small().toString(), 64, 96, 9, List.of(2, 8), 3);

    /** Clips of the longest length. */
    int mostLatentFrames() {
        return latentFrames.get(latentFrames.size() - 1);
    }

    private static ObjectNode config(int hidden, int intermediate, int layers, int heads, int kvHeads, int vocabulary) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "chameleon")
                .put("mm_rope", true)
                .put("vocab_size", vocabulary)
                .put("hidden_size", hidden)
                .put("intermediate_size", intermediate)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", heads)
                .put("num_key_value_heads", kvHeads)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000)
                .put("max_position_embeddings", 65_536);
    }

    private static ObjectNode small() {
        ObjectNode config = config(96, 128, 2, 3, 1, 512);
        config.putObject("tiny_tokens")
                .put("bos", 0)
                .put("sep", 1)
                .put("new_line", 2)
                .put("size_token_zero", 10)
                .put("mask", 60)
                .put("video_start", 61)
                .put("video_end", 62)
                .put("image_start", 63)
                .put("image_end", 64)
                .put("visual_code_offset", 256)
                .put("visual_code_count", 256);
        return config;
    }
}
