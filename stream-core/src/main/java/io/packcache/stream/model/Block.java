package io.packcache.stream.model;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.io.IOException;

/** The weights of one block; shapes are (outputs, inputs), norms of the heads (groups, head size). */
record Block(
        Weights query, // H d x D
        Weights key, // Hk d x D
        Weights value, // Hk d x D
        Weights output, // D x H d
        Tensor queryNorm,
        Tensor queryNormBias,
        Tensor keyNorm,
        Tensor keyNormBias,
        Weights gate, // F x D
        Weights up, // F x D
        Weights down, // D x F
        Tensor attentionNorm, // 1 x D
        Tensor mlpNorm) { // 1 x D

    static Block load(WeightLoader loader, ModelConfig config, int layer) throws IOException {
        String prefix = "model.layers." + layer + ".";
        String attention = prefix + "self_attn.";
        int hidden = config.hidden();
        int kvWidth = config.kvHeads() * config.headSize();
        boolean biased = config.attentionBias();
        return new Block(
                loader.projection(attention + "q_proj", hidden, hidden, biased),
                loader.projection(attention + "k_proj", kvWidth, hidden, biased),
                loader.projection(attention + "v_proj", kvWidth, hidden, biased),
                loader.projection(attention + "o_proj", hidden, hidden, biased),
                loader.table(attention + "q_norm.weight", config.normGroups(), config.headSize()),
                loader.table(attention + "q_norm.bias", config.normGroups(), config.headSize()),
                loader.table(attention + "k_norm.weight", config.normGroups(), config.headSize()),
                loader.table(attention + "k_norm.bias", config.normGroups(), config.headSize()),
                loader.projection(prefix + "mlp.gate_proj", config.intermediate(), hidden, config.mlpBias()),
                loader.projection(prefix + "mlp.up_proj", config.intermediate(), hidden, config.mlpBias()),
                loader.projection(prefix + "mlp.down_proj", hidden, config.intermediate(), config.mlpBias()),
                loader.table(prefix + "input_layernorm.weight", 1, hidden),
                loader.table(prefix + "post_attention_layernorm.weight", 1, hidden));
    }
}
