package io.packcache.stream.model;

import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import java.nio.file.Path;

/** Reads and checks {@code config.json}; every message names the JSON path, the value and what would be right. */
final class ModelConfigReader {

    /** MM-RoPE deals the channel pairs of a head to its axes in rounds of 16 pairs. */
    private static final int HEAD_SIZE_STEP = 32;

    /** Bounded, because the list of expected tensors grows with it before any weight is looked at. */
    private static final int MOST_LAYERS = 1024;

    /** Ids stay below this so that sums of two cannot overflow before they are compared with the vocabulary. */
    private static final int IDS = 1 << 30;

    private final Path file;

    ModelConfigReader(Path file) {
        this.file = file;
    }

    ModelConfig read() throws CheckpointException {
        JsonFields fields = JsonFields.of(file);
        refuseUnsupported(fields);
        int hidden = fields.whole("hidden_size", 1);
        int heads = fields.whole("num_attention_heads", 1);
        int kvHeads = fields.wholeOr(heads, "num_key_value_heads", 1);
        int normGroups = fields.wholeOr(1, "model_parallel_size", 1);
        checkHeads(hidden, heads, kvHeads, normGroups);
        int vocabulary = fields.whole("vocab_size", 1);
        NetworkConfig network = new NetworkConfig(
                vocabulary,
                0,
                hidden,
                fields.whole("intermediate_size", 1),
                fields.whole("num_hidden_layers", 1, MOST_LAYERS),
                heads,
                kvHeads,
                (float) positiveOr(1e-5, fields, "rms_norm_eps"),
                positiveOr(10000, fields, "rope_theta"),
                positionScale(fields),
                fields.flagOr(false, "attention_bias"),
                fields.flagOr(false, "mlp_bias"),
                normGroups,
                fields.flagOr(false, "swin_norm"),
                fields.flagOr(false, "tie_word_embeddings"),
                fields.wholeOr(4096, "max_position_embeddings", 1));
        return new ModelConfig(
                network,
                tokens(fields, vocabulary),
                fields.has("tiny_video") ? fields.object("tiny_video").wholeOr(32, "grid_unit_pixels", 1) : 32);
    }

    private static void refuseUnsupported(JsonFields fields) throws CheckpointException {
        if (!fields.flagOr(false, "mm_rope")) {
            throw fields.fault("mm_rope", "true: only models with MM-RoPE positions are supported");
        }
        if (fields.has("hidden_act") && !fields.text("hidden_act").equals("silu")) {
            throw fields.fault("hidden_act", "\"silu\", the only activation supported");
        }
    }

    /** Linear scaling divides positions. The dynamic kind would turn all earlier keys anew as a sequence grows. */
    private static double positionScale(JsonFields fields) throws CheckpointException {
        if (!fields.has("rope_scaling")) {
            return 1;
        }
        JsonFields scaling = fields.object("rope_scaling");
        String kind = scaling.has("rope_type") ? "rope_type" : "type";
        if (!scaling.text(kind).equals("linear")) {
            throw scaling.fault(kind, "\"linear\", the only scaling of rotary positions supported");
        }
        if (scaling.real("factor") <= 0) {
            throw scaling.fault("factor", "a number above 0");
        }
        return scaling.real("factor");
    }

    private void checkHeads(int hidden, int heads, int kvHeads, int normGroups) throws CheckpointException {
        if (hidden % heads != 0 || hidden / heads % HEAD_SIZE_STEP != 0) {
            throw new CheckpointException(file + ": $.hidden_size / $.num_attention_heads must be a multiple of "
                    + HEAD_SIZE_STEP + ", got " + hidden + " / " + heads);
        }
        if (heads % kvHeads != 0) {
            throw new CheckpointException(file + ": $.num_key_value_heads must divide $.num_attention_heads, got "
                    + kvHeads + " and " + heads);
        }
        if (heads % normGroups != 0 || kvHeads % normGroups != 0) {
            throw new CheckpointException(file + ": $.model_parallel_size must divide $.num_attention_heads and"
                    + " $.num_key_value_heads, got " + normGroups + " for " + heads + " and " + kvHeads);
        }
    }

    private SpecialTokens tokens(JsonFields fields, int vocabulary) throws CheckpointException {
        boolean own = fields.has("tiny_tokens");
        SpecialTokens tokens = own ? tokenTable(fields.object("tiny_tokens")) : SpecialTokens.LUMOS;
        if (tokens.largest() >= vocabulary) {
            throw new CheckpointException(file + ": $.vocab_size must exceed the largest special id " + tokens.largest()
                    + (own ? " in $.tiny_tokens" : " of Lumos-1") + ", got " + vocabulary);
        }
        return tokens;
    }

    private static SpecialTokens tokenTable(JsonFields table) throws CheckpointException {
        return new SpecialTokens(
                id(table, "bos"),
                id(table, "sep"),
                id(table, "new_line"),
                id(table, "size_token_zero"),
                id(table, "mask"),
                id(table, "video_start"),
                id(table, "video_end"),
                id(table, "image_start"),
                id(table, "image_end"),
                id(table, "visual_code_offset"),
                table.whole("visual_code_count", 1, IDS - 1));
    }

    private static int id(JsonFields table, String name) throws CheckpointException {
        return table.whole(name, 0, IDS - 1);
    }

    private static double positiveOr(double absent, JsonFields fields, String name) throws CheckpointException {
        double value = fields.realOr(absent, name);
        if (value <= 0) {
            throw fields.fault(name, "a number above 0");
        }
        return value;
    }
}
