package io.packcache.stream.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import java.nio.file.Path;

/** Reads and checks {@code config.json}; every message names the JSON path, the value and what would be right. */
final class ModelConfigReader {

    /** MM-RoPE deals the channel pairs of a head to its axes in rounds of 16 pairs. */
    private static final int HEAD_SIZE_STEP = 32;

    private static final int MOST_LAYERS = 1024;

    private final Path file;

    ModelConfigReader(Path file) {
        this.file = file;
    }

    ModelConfig read() throws CheckpointException {
        JsonNode root = StrictJson.parse(file);
        if (!root.isObject()) {
            throw new CheckpointException(file + ": $ must be an object");
        }
        refuseUnsupported(root);
        int hidden = positive(root, "hidden_size", null);
        int heads = positive(root, "num_attention_heads", null);
        int kvHeads = positive(root, "num_key_value_heads", heads);
        int normGroups = positive(root, "model_parallel_size", 1);
        checkHeads(hidden, heads, kvHeads, normGroups);
        int vocabulary = positive(root, "vocab_size", null);
        return new ModelConfig(
                vocabulary,
                hidden,
                positive(root, "intermediate_size", null),
                layers(root),
                heads,
                kvHeads,
                (float) positiveReal(root, "rms_norm_eps", 1e-5),
                positiveReal(root, "rope_theta", 10000),
                flag(root, "attention_bias", false),
                flag(root, "mlp_bias", false),
                normGroups,
                flag(root, "swin_norm", false),
                flag(root, "tie_word_embeddings", false),
                positive(root, "max_position_embeddings", 4096),
                tokens(root, vocabulary),
                gridUnit(root));
    }

    private void refuseUnsupported(JsonNode root) throws CheckpointException {
        if (!flag(root, "mm_rope", false)) {
            throw fault("mm_rope", root.path("mm_rope"), "true: only models with MM-RoPE positions are supported");
        }
        JsonNode activation = root.path("hidden_act");
        if (!activation.isMissingNode() && !activation.asText().equals("silu")) {
            throw fault("hidden_act", activation, "\"silu\", the only activation supported");
        }
        if (!isAbsent(root.path("rope_scaling"))) {
            throw fault("rope_scaling", root.path("rope_scaling"), "null: scaled rotary positions are not supported");
        }
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

    /** Bounded, because the list of expected tensors grows with it before any weight is looked at. */
    private int layers(JsonNode root) throws CheckpointException {
        int layers = positive(root, "num_hidden_layers", null);
        if (layers > MOST_LAYERS) {
            throw fault("num_hidden_layers", root.path("num_hidden_layers"), "at most " + MOST_LAYERS);
        }
        return layers;
    }

    private SpecialTokens tokens(JsonNode root, int vocabulary) throws CheckpointException {
        JsonNode table = root.path("tiny_tokens");
        SpecialTokens tokens = table.isMissingNode() ? SpecialTokens.LUMOS : tokenTable(table);
        if (tokens.largest() >= vocabulary) {
            throw new CheckpointException(file + ": $.vocab_size must exceed the largest special id "
                    + tokens.largest() + (table.isMissingNode() ? " of Lumos-1" : " in $.tiny_tokens") + ", got "
                    + vocabulary);
        }
        return tokens;
    }

    private SpecialTokens tokenTable(JsonNode table) throws CheckpointException {
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
                Math.max(1, id(table, "visual_code_count")));
    }

    private int gridUnit(JsonNode root) throws CheckpointException {
        JsonNode video = root.path("tiny_video");
        JsonNode unit = video.path("grid_unit_pixels");
        if (unit.isMissingNode()) {
            return 32;
        }
        if (!unit.canConvertToInt() || !unit.isIntegralNumber() || unit.intValue() < 1) {
            throw fault("tiny_video.grid_unit_pixels", unit, "a whole number of pixels, at least 1");
        }
        return unit.intValue();
    }

    private int id(JsonNode table, String name) throws CheckpointException {
        JsonNode node = table.path(name);
        // Ids stay below 2^30 so that sums of two cannot overflow before they are compared with the vocabulary.
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0 || node.intValue() >= 1 << 30) {
            throw fault("tiny_tokens." + name, node, "a token id of at least 0");
        }
        return node.intValue();
    }

    private int positive(JsonNode root, String name, Integer absent) throws CheckpointException {
        JsonNode node = root.path(name);
        if (absent != null && isAbsent(node)) {
            return absent;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
            throw fault(name, node, "a whole number of at least 1");
        }
        return node.intValue();
    }

    private double positiveReal(JsonNode root, String name, double absent) throws CheckpointException {
        JsonNode node = root.path(name);
        if (isAbsent(node)) {
            return absent;
        }
        if (!node.isNumber() || !(node.doubleValue() > 0) || Double.isInfinite(node.doubleValue())) {
            throw fault(name, node, "a number above 0");
        }
        return node.doubleValue();
    }

    private boolean flag(JsonNode root, String name, boolean absent) throws CheckpointException {
        JsonNode node = root.path(name);
        if (isAbsent(node)) {
            return absent;
        }
        if (!node.isBoolean()) {
            throw fault(name, node, "true or false");
        }
        return node.booleanValue();
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private CheckpointException fault(String path, JsonNode found, String expected) {
        String value = found.isMissingNode() ? "is missing, expected " : "is " + found + ", expected ";
        return new CheckpointException(file + ": $." + path + " " + value + expected);
    }
}
