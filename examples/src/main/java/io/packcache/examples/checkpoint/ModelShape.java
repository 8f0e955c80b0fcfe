package io.packcache.examples.checkpoint;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Shapes of checkpoints to rehearse with; the sizes of the published ones stand only in their own config.json. */
public enum ModelShape {
    /** A few million parameters in seconds: to try the tools. */
    TINY(512, 1408, 4, 8, 2),
    /** A model of 1.5 billion parameters with two embedding tables of 129,536 words. */
    B1(2048, 5632, 22, 32, 4),
    /** A model of 3.4 billion parameters. */
    B3(3072, 8192, 26, 24, 8);

    private final int hidden;
    private final int intermediate;
    private final int layers;
    private final int heads;
    private final int kvHeads;

    ModelShape(int hidden, int intermediate, int layers, int heads, int kvHeads) {
        this.hidden = hidden;
        this.intermediate = intermediate;
        this.layers = layers;
        this.heads = heads;
        this.kvHeads = kvHeads;
    }

    /** The shape of a name such as {@code 1b}. */
    public static ModelShape named(String name) {
        return Arrays.stream(values())
                .filter(shape -> shape.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no shape '" + name + "'; choose one of "
                        + Arrays.stream(values()).map(ModelShape::label).collect(Collectors.joining(", "))));
    }

    String label() {
        return this == TINY ? "tiny" : name().charAt(1) + "b";
    }

    /** A {@code config.json} in the words of the published ones. */
    public String config() {
        return """
            {"architectures": ["ChameleonMMRoPEForConditionalGeneration"], "model_type": "chameleon",
             "torch_dtype": "bfloat16", "vocab_size": 129536, "hidden_size": %d, "intermediate_size": %d,
             "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d, "hidden_act": "silu",
             "max_position_embeddings": 65536, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "rope_scaling": null,
             "attention_bias": false, "mlp_bias": false, "model_parallel_size": 1, "swin_norm": false, "mm_rope": true,
             "mask_image_logits": false, "tie_word_embeddings": false}
            """.formatted(hidden, intermediate, layers, heads, kvHeads);
    }
}
