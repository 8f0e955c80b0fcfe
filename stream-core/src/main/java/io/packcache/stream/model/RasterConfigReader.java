package io.packcache.stream.model;

import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import java.nio.file.Path;

/** Reads and checks {@code config.json} of a next-token model; what is absent has the published model's default. */
final class RasterConfigReader {

    private static final int MOST_LAYERS = 1024;
    private static final int IDS = 1 << 30;

    private final Path file;

    RasterConfigReader(Path file) {
        this.file = file;
    }

    RasterConfig read() throws CheckpointException {
        JsonFields fields = JsonFields.of(file);
        String type = fields.text("model_type");
        if (!RasterConfig.MODEL_TYPES.contains(type)) {
            throw fields.fault("model_type", "one of " + RasterConfig.MODEL_TYPES);
        }
        RasterConfig config = type.equals("Emu3") ? emu3(fields) : lwm(fields);
        NetworkConfig network = config.network();
        if (network.hidden() % (2 * network.heads()) != 0 || network.heads() % network.kvHeads() != 0) {
            throw new CheckpointException(file + ": $.hidden_size / $.num_attention_heads must be even and"
                    + " $.num_key_value_heads must divide the heads, got " + network.hidden() + " / " + network.heads()
                    + " and " + network.kvHeads());
        }
        int after = config.tokens().codeOffset() + config.tokens().codeCount();
        if (after > network.vocabulary() + network.visionVocabulary()) {
            throw new CheckpointException(file + ": the vocabulary has " + network.vocabulary() + " + "
                    + network.visionVocabulary() + " ids, and the last picture code is " + (after - 1));
        }
        return config;
    }

    private RasterConfig emu3(JsonFields fields) throws CheckpointException {
        NetworkConfig network = network(fields, 0, 1e6);
        int count = fields.wholeOr(32_768, "visual_token_count", 2);
        int offset = fields.wholeOr(network.vocabulary() - count, "visual_token_offset", 0);
        RasterTokens tokens = new RasterTokens(
                id(fields, "bos_token_id", 151_849),
                new int[] {id(fields, "boi_token_id", 151_852)},
                true,
                new int[] {id(fields, "img_token_id", 151_851)},
                id(fields, "eol_token_id", 151_846),
                id(fields, "eof_token_id", 151_847),
                offset,
                count);
        return new RasterConfig(network, tokens, offset);
    }

    private RasterConfig lwm(JsonFields fields) throws CheckpointException {
        int vision = fields.wholeOr(8448, "vision_vocab_size", 3);
        NetworkConfig network = network(fields, vision, 5e7);
        int count = fields.wholeOr(8192, "visual_token_count", 2);
        RasterTokens tokens = new RasterTokens(
                id(fields, "bos_token_id", 1),
                new int[] {id(fields, "vision_start_token_id", network.vocabulary() - 1)},
                false,
                new int[0],
                -1,
                network.vocabulary() + id(fields, "eof_token_id", count),
                network.vocabulary(),
                count);
        return new RasterConfig(network, tokens, 0);
    }

    private static NetworkConfig network(JsonFields fields, int vision, double theta) throws CheckpointException {
        if (fields.has("hidden_act") && !fields.text("hidden_act").equals("silu")) {
            throw fields.fault("hidden_act", "\"silu\", the only activation supported");
        }
        if (fields.has("rope_scaling")) {
            throw fields.fault("rope_scaling", "null: the positions of next-token models are not scaled");
        }
        int heads = fields.whole("num_attention_heads", 1);
        return new NetworkConfig(
                fields.whole("vocab_size", 1, IDS),
                vision,
                fields.whole("hidden_size", 1),
                fields.whole("intermediate_size", 1),
                fields.whole("num_hidden_layers", 1, MOST_LAYERS),
                heads,
                fields.wholeOr(heads, "num_key_value_heads", 1),
                (float) fields.realOr(1e-5, "rms_norm_eps"),
                fields.realOr(theta, "rope_theta"),
                1,
                fields.flagOr(false, "attention_bias"),
                fields.flagOr(false, "mlp_bias"),
                0,
                false,
                fields.flagOr(false, "tie_word_embeddings"),
                fields.wholeOr(9216, "max_position_embeddings", 1));
    }

    private static int id(JsonFields fields, String name, int absent) throws CheckpointException {
        return fields.wholeOr(absent, name, 0);
    }
}
