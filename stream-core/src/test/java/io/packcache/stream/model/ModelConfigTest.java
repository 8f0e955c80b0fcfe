package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {

    private static final String LEAST = """
            {"vocab_size": 129536, "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 3,
             "num_attention_heads": 4, "mm_rope": true}
            """;

    private static final String TOKENS = """
            "tiny_tokens": {"bos": 0, "sep": 1, "new_line": 2, "size_token_zero": 3, "mask": 30, "video_start": 31,
             "video_end": 32, "image_start": 33, "image_end": 34, "visual_code_offset": 40, "visual_code_count": 60}
            """;

    @TempDir
    private Path folder;

    private ModelConfig read(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return ModelConfig.read(folder);
    }

    @Test
    void whatIsAbsentHasTheDefaultsOfTheOriginal() throws IOException {
        ModelConfig config = read(LEAST);
        NetworkConfig network = config.network();
        assertThat(network.kvHeads()).isEqualTo(4);
        assertThat(network.headSize()).isEqualTo(64);
        assertThat(network.epsilon()).isEqualTo(1e-5f);
        assertThat(network.theta()).isEqualTo(10000);
        assertThat(network.normGroups()).isEqualTo(1);
        assertThat(config.gridUnit()).isEqualTo(32);
        assertThat(config.tokens()).isEqualTo(SpecialTokens.LUMOS);
        assertThat(network.normAfter() || network.tiedEmbeddings() || network.attentionBias() || network.mlpBias())
                .isFalse();
    }

    @Test
    void everyFieldIsReadFromItsPlace() throws IOException {
        ModelConfig config = read("""
                {"vocab_size": 100, "hidden_size": 128, "intermediate_size": 192, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-6, "rope_theta": 500000,
                 "attention_bias": true, "mlp_bias": true, "model_parallel_size": 2, "swin_norm": true,
                 "tie_word_embeddings": true, "max_position_embeddings": 77, "mm_rope": true, "hidden_act": "silu",
                 "rope_scaling": {"type": "linear", "factor": 2.5}, "tiny_video": {"grid_unit_pixels": 8}, %s}
                """.formatted(TOKENS));
        SpecialTokens tokens = new SpecialTokens(0, 1, 2, 3, 30, 31, 32, 33, 34, 40, 60);
        assertThat(config)
                .isEqualTo(new ModelConfig(
                        new NetworkConfig(100, 0, 128, 192, 2, 4, 2, 1e-6f, 500000, 2.5, true, true, 2, true, true, 77),
                        tokens,
                        8));
        assertThat(config.network().tensors())
                .containsKeys("model.layers.1.self_attn.k_proj.bias", "model.layers.0.mlp.down_proj.bias")
                .doesNotContainKey("lm_head.weight");
        assertThat(config.network().tensors().get("model.layers.0.self_attn.k_norm.bias"))
                .containsExactly(2, 32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"hidden_size\": 256|\"hidden_size\": 0|$.hidden_size is 0",
                "\"hidden_size\": 256|\"hidden_size\": \"256\"|$.hidden_size is",
                "\"hidden_size\": 256|\"hidden_size\": 250|multiple of 32",
                "\"hidden_size\": 256|\"hidden_size\": 64|multiple of 32",
                "\"vocab_size\": 129536,||$.vocab_size is missing",
                "\"vocab_size\": 129536|\"vocab_size\": 65536|largest special id 129535",
                "\"num_hidden_layers\": 3|\"num_hidden_layers\": 3.5|$.num_hidden_layers is 3.5",
                "\"num_hidden_layers\": 3|\"num_hidden_layers\": 2147483647|expected a whole number from 1 to 1024",
                "\"num_hidden_layers\": 3|\"num_hidden_layers\": 99999999999|$.num_hidden_layers",
                "\"mm_rope\": true|\"mm_rope\": false|$.mm_rope is false",
                "\"mm_rope\": true|\"x\": 1|$.mm_rope is missing",
                "\"mm_rope\": true|\"mm_rope\": true, \"hidden_act\": \"gelu\"|$.hidden_act is \"gelu\"",
                "\"mm_rope\": true|\"mm_rope\": true, \"rope_scaling\": {\"type\": \"linear\"}|$.rope_scaling.factor is missing",
                "\"mm_rope\": true|\"mm_rope\": true, \"rope_scaling\": {\"rope_type\": \"dynamic\"}|rope_type is \"dynamic\"",
                "\"mm_rope\": true|\"mm_rope\": true, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}|factor is 0",
                "\"mm_rope\": true|\"mm_rope\": true, \"rms_norm_eps\": 0|$.rms_norm_eps is 0",
                "\"mm_rope\": true|\"mm_rope\": true, \"rope_theta\": -1|$.rope_theta is -1",
                "\"mm_rope\": true|\"mm_rope\": true, \"swin_norm\": 1|$.swin_norm is 1",
                "\"mm_rope\": true|\"mm_rope\": true, \"num_key_value_heads\": 3|$.num_key_value_heads must divide",
                "\"mm_rope\": true|\"mm_rope\": true, \"model_parallel_size\": 3|$.model_parallel_size must divide",
                "\"mm_rope\": true|\"mm_rope\": true, \"tiny_tokens\": {\"bos\": 0}|$.tiny_tokens.sep is missing",
                "\"mm_rope\": true|\"mm_rope\": true, \"tiny_video\": {\"grid_unit_pixels\": 0}|grid_unit_pixels is 0",
                "\"mm_rope\": true|\"mm_rope\": true, \"tiny_tokens\": {\"bos\": -1}|$.tiny_tokens.bos is -1",
                "\"mm_rope\": true|\"mm_rope\": true, \"tiny_video\": 8|$.tiny_video is 8, expected an object",
                "\"mm_rope\": true|\"mm_rope\": true, \"mm_rope\": true|Duplicate",
            })
    void aWrongFieldIsRefusedWithItsPath(String field, String replacement, String message) {
        String json = LEAST.replace(field, replacement == null ? "" : replacement);
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message);
    }

    @Test
    void anAbsentConfigIsRefused() {
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(CheckpointException.class);
    }
}
