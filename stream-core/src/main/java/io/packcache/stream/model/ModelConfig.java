package io.packcache.stream.model;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.stream.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code config.json} says of a model of the Lumos-1 family (arXiv 2507.08801): a Llama block with LayerNorm on the
 * queries and keys of every head and MM-RoPE positions.
 *
 * @param vocabulary token ids, V
 * @param hidden channels of a token, D; a multiple of {@code heads}
 * @param intermediate channels inside the gated unit, F
 * @param layers number of blocks
 * @param heads query heads, H; the head size d = D / H is a multiple of 32
 * @param kvHeads key/value heads; divides {@code heads}
 * @param epsilon of the RMSNorms
 * @param theta base of the rotary frequencies
 * @param attentionBias whether the four attention projections have biases
 * @param mlpBias whether the three projections of the gated unit have biases
 * @param normGroups rows of the query and key norms' parameters; row g serves the g-th share of the heads
 * @param normAfter whether a block's norms come after attention and gated unit instead of before them
 * @param tiedEmbeddings whether the head is the embedding table
 * @param maxPositions longest sequence seen in training, in tokens
 * @param tokens ids with a meaning
 * @param gridUnit pixels that a frame's size tokens count in; a code covers 8 x 8 pixels
 */
public record ModelConfig(
        int vocabulary,
        int hidden,
        int intermediate,
        int layers,
        int heads,
        int kvHeads,
        float epsilon,
        double theta,
        boolean attentionBias,
        boolean mlpBias,
        int normGroups,
        boolean normAfter,
        boolean tiedEmbeddings,
        int maxPositions,
        SpecialTokens tokens,
        int gridUnit) {

    /** Epsilon of the LayerNorm on queries and keys; no configuration changes it. */
    public static final float HEAD_NORM_EPSILON = 1e-5f;

    /** Pixels on a side of one code's cell. */
    public static final int CELL_PIXELS = 8;

    /** Marker tokens before a frame's content: begin, height, width. */
    public static final int MARKERS_BEFORE = 3;

    /** Marker tokens after a frame's content: end. */
    public static final int MARKERS_AFTER = 1;

    /**
     * Reads {@code config.json} of a model folder.
     *
     * @throws CheckpointException if it is absent, malformed, or describes a model that cannot be run; the message names
     *     the JSON path
     */
    public static ModelConfig read(Path folder) throws CheckpointException {
        return new ModelConfigReader(folder.resolve("config.json")).read();
    }

    /** Channels of a head, d. */
    public int headSize() {
        return hidden / heads;
    }

    /** What a cache of this model holds per token. */
    public CacheShape cacheShape() {
        return new CacheShape(layers, kvHeads, headSize());
    }

    /** Layout of a frame of {@code rows} x {@code columns} codes. */
    public FrameGrid grid(int rows, int columns) {
        return new FrameGrid(rows, columns, MARKERS_BEFORE, MARKERS_AFTER);
    }

    /** Name and shape of every tensor that a checkpoint of this model holds. */
    public Map<String, long[]> tensors() {
        Map<String, long[]> tensors = new LinkedHashMap<>();
        tensors.put("model.embed_tokens.weight", new long[] {vocabulary, hidden});
        for (int layer = 0; layer < layers; layer++) {
            putLayer(tensors, "model.layers." + layer + ".");
        }
        tensors.put("model.norm.weight", new long[] {hidden});
        if (!tiedEmbeddings) {
            tensors.put("lm_head.weight", new long[] {vocabulary, hidden});
        }
        return tensors;
    }

    private void putLayer(Map<String, long[]> tensors, String prefix) {
        int kvWidth = kvHeads * headSize();
        String attention = prefix + "self_attn.";
        putProjection(tensors, attention + "q_proj", hidden, hidden, attentionBias);
        putProjection(tensors, attention + "k_proj", kvWidth, hidden, attentionBias);
        putProjection(tensors, attention + "v_proj", kvWidth, hidden, attentionBias);
        putProjection(tensors, attention + "o_proj", hidden, hidden, attentionBias);
        for (String norm : new String[] {"q_norm", "k_norm"}) {
            tensors.put(attention + norm + ".weight", new long[] {normGroups, headSize()});
            tensors.put(attention + norm + ".bias", new long[] {normGroups, headSize()});
        }
        putProjection(tensors, prefix + "mlp.gate_proj", intermediate, hidden, mlpBias);
        putProjection(tensors, prefix + "mlp.up_proj", intermediate, hidden, mlpBias);
        putProjection(tensors, prefix + "mlp.down_proj", hidden, intermediate, mlpBias);
        tensors.put(prefix + "input_layernorm.weight", new long[] {hidden});
        tensors.put(prefix + "post_attention_layernorm.weight", new long[] {hidden});
    }

    private static void putProjection(Map<String, long[]> tensors, String name, int outputs, int inputs, boolean bias) {
        tensors.put(name + ".weight", new long[] {outputs, inputs});
        if (bias) {
            tensors.put(name + ".bias", new long[] {outputs});
        }
    }
}
