package io.packcache.stream.model;

import io.packcache.kvcache.CacheShape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of a transformer of the Llama family, whatever its tokens mean.
 *
 * @param vocabulary rows of the embedding table, V
 * @param visionVocabulary rows of a second embedding table for picture tokens, which follow the others and have a head of
 *     their own; 0 if there is none
 * @param hidden channels of a token, D; a multiple of {@code heads}
 * @param intermediate channels inside the gated unit, F
 * @param layers number of blocks
 * @param heads query heads, H
 * @param kvHeads key/value heads; divides {@code heads}
 * @param epsilon of the RMSNorms
 * @param theta base of the rotary frequencies
 * @param positionScale positions are divided by it before they turn anything; 1 if the model's are as they are
 * @param attentionBias whether the four attention projections have biases
 * @param mlpBias whether the three projections of the gated unit have biases
 * @param normGroups rows of the query and key norms' parameters; row g serves the g-th share of the heads; 0 if queries and
 *     keys are not normed
 * @param normAfter whether a block's norms come after attention and gated unit instead of before them
 * @param tiedEmbeddings whether the head is the embedding table
 * @param maxPositions longest sequence seen in training, in tokens
 */
public record NetworkConfig(
        int vocabulary,
        int visionVocabulary,
        int hidden,
        int intermediate,
        int layers,
        int heads,
        int kvHeads,
        float epsilon,
        double theta,
        double positionScale,
        boolean attentionBias,
        boolean mlpBias,
        int normGroups,
        boolean normAfter,
        boolean tiedEmbeddings,
        int maxPositions) {

    /** Epsilon of the LayerNorm on queries and keys; no configuration changes it. */
    public static final float HEAD_NORM_EPSILON = 1e-5f;

    static final String EMBEDDINGS = "model.embed_tokens.weight";
    static final String VISION_EMBEDDINGS = "model.vision_embed_tokens.weight";
    static final String FINAL_NORM = "model.norm.weight";
    private static final String HEAD = "lm_head.weight";
    private static final String VISION_HEAD = "vision_head.weight";

    /** Channels of a head, d. */
    public int headSize() {
        return hidden / heads;
    }

    /** What a cache of this network holds per token. */
    public CacheShape cacheShape() {
        return new CacheShape(layers, kvHeads, headSize());
    }

    /** Name of the tensor that answers: the head of the picture tokens where there are any of their own. */
    String headTensor() {
        if (visionVocabulary > 0) {
            return VISION_HEAD;
        }
        return tiedEmbeddings ? EMBEDDINGS : HEAD;
    }

    /** Name and shape of every tensor that a checkpoint of this network holds. */
    public Map<String, long[]> tensors() {
        Map<String, long[]> tensors = new LinkedHashMap<>();
        tensors.put(EMBEDDINGS, new long[] {vocabulary, hidden});
        if (visionVocabulary > 0) {
            tensors.put(VISION_EMBEDDINGS, new long[] {visionVocabulary, hidden});
        }
        for (int layer = 0; layer < layers; layer++) {
            putLayer(tensors, "model.layers." + layer + ".");
        }
        tensors.put(FINAL_NORM, new long[] {hidden});
        tensors.putIfAbsent(headTensor(), new long[] {visionVocabulary > 0 ? visionVocabulary : vocabulary, hidden});
        return tensors;
    }

    /** Whether a checkpoint may hold a tensor of this name that nobody reads. */
    public boolean ignores(String name) {
        return name.startsWith("model.vqmodel.")
                || name.endsWith(".rotary_emb.inv_freq")
                || (name.equals(HEAD) && !headTensor().equals(HEAD));
    }

    private void putLayer(Map<String, long[]> tensors, String prefix) {
        int kvWidth = kvHeads * headSize();
        String attention = prefix + "self_attn.";
        putProjection(tensors, attention + "q_proj", hidden, hidden, attentionBias);
        putProjection(tensors, attention + "k_proj", kvWidth, hidden, attentionBias);
        putProjection(tensors, attention + "v_proj", kvWidth, hidden, attentionBias);
        putProjection(tensors, attention + "o_proj", hidden, hidden, attentionBias);
        if (normGroups > 0) {
            for (String norm : new String[] {"q_norm", "k_norm"}) {
                tensors.put(attention + norm + ".weight", new long[] {normGroups, headSize()});
                tensors.put(attention + norm + ".bias", new long[] {normGroups, headSize()});
            }
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
