package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.io.IOException;

/** The weights of one block; shapes are (outputs, inputs), norms of the heads (groups, head size) or absent. */
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

    static Block load(WeightLoader loader, NetworkConfig network, int layer) throws IOException {
        String prefix = "model.layers." + layer + ".";
        String attention = prefix + "self_attn.";
        int hidden = network.hidden();
        int kvWidth = network.kvHeads() * network.headSize();
        boolean biased = network.attentionBias();
        return new Block(
                loader.projection(attention + "q_proj", hidden, biased),
                loader.projection(attention + "k_proj", kvWidth, biased),
                loader.projection(attention + "v_proj", kvWidth, biased),
                loader.projection(attention + "o_proj", hidden, biased),
                headNorm(loader, network, attention + "q_norm.weight"),
                headNorm(loader, network, attention + "q_norm.bias"),
                headNorm(loader, network, attention + "k_norm.weight"),
                headNorm(loader, network, attention + "k_norm.bias"),
                loader.projection(prefix + "mlp.gate_proj", network.intermediate(), network.mlpBias()),
                loader.projection(prefix + "mlp.up_proj", network.intermediate(), network.mlpBias()),
                loader.projection(prefix + "mlp.down_proj", hidden, network.mlpBias()),
                loader.table(prefix + "input_layernorm.weight", 1, hidden),
                loader.table(prefix + "post_attention_layernorm.weight", 1, hidden));
    }

    /** Norms queries by head, where the network does, and rotates them, in place. */
    void turnQueries(Backend backend, Tensor queries, int rows, int heads, Tensor cos, Tensor sin) {
        norm(backend, queries, rows, heads, queryNorm, queryNormBias);
        backend.rotate(queries, rows, heads, cos, sin);
    }

    /** The same for keys. */
    void turnKeys(Backend backend, Tensor keys, int rows, int heads, Tensor cos, Tensor sin) {
        norm(backend, keys, rows, heads, keyNorm, keyNormBias);
        backend.rotate(keys, rows, heads, cos, sin);
    }

    private static void norm(Backend backend, Tensor x, int rows, int heads, Tensor norm, Tensor bias) {
        if (norm != null) {
            backend.headNorm(x, rows, heads, norm, bias, NetworkConfig.HEAD_NORM_EPSILON);
        }
    }

    private static Tensor headNorm(WeightLoader loader, NetworkConfig network, String name) throws IOException {
        return network.normGroups() == 0 ? null : loader.table(name, network.normGroups(), network.headSize());
    }
}
