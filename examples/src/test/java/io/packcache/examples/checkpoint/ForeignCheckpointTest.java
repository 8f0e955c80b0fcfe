package io.packcache.examples.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A synthetic checkpoint in shards, whole and damaged, with the published vocabulary and narrow layers. */
class ForeignCheckpointTest {

    private static final String CONFIG = ModelShape.TINY
            .config()
            .replace("\"hidden_size\": 512", "\"hidden_size\": 32")
            .replace("\"intermediate_size\": 1408", "\"intermediate_size\": 64")
            .replace("\"num_attention_heads\": 8", "\"num_attention_heads\": 1")
            .replace("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 1");

    @TempDir
    private static Path folder;

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = Backends.of("plain");
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    @BeforeEach
    void write() throws IOException {
        SyntheticCheckpoint.writeModel(folder, CONFIG, NumberFormat.BFLOAT16, 9 << 20, 1);
        Files.writeString(folder.resolve("tokenizer.json"), ByteTokenizer.json());
    }

    private static Inspection inspect(int latentFrames, String policy) throws IOException {
        Inspection.Request request = new Inspection.Request(448, 256, latentFrames, SamplingSettings.defaults());
        return Inspection.of(folder, request, PolicyPresets.of(policy), backend);
    }

    private static void refused(String... messages) {
        assertThatThrownBy(() -> VideoModel.load(folder, backend))
                .isInstanceOf(CheckpointException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(messages));
    }

    @Test
    void theReportSaysWhatTheHeadersSay() throws IOException {
        List<String> lines = inspect(7, "full").lines();
        assertThat(String.join("\n", lines))
                .contains("4 layers, 32 channels, 1 heads on 1 KV heads of 32")
                .contains("BF16 [64, 32] x 4")
                .contains("lm_head.weight")
                .contains("tokens        1828 a latent frame");
    }

    @Test
    void aCompactedCacheIsForecastSmallerThanAWholeOne() throws IOException {
        assertThat(caches("packcache")).isLessThan(caches("full") / 2);
    }

    private static long caches(String policy) throws IOException {
        ModelConfig config = ModelConfig.read(folder);
        return RequestForecast.of(
                        FrameProcedure.masked(config, 8, 8, SamplingSettings.defaults()),
                        ModelFacts.read(folder, config.network()),
                        PictureDecoderForecast.NONE,
                        25,
                        PolicyPresets.of(policy),
                        backend)
                .caches();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void everyPolicyHasAForecastThatTheFullCacheBounds(String policy) throws IOException {
        assertThat(caches(policy)).isBetween(1L, 2 * caches("full"));
    }

    static List<String> presets() {
        return PolicyPresets.names();
    }

    @Test
    void whatIsMissingBesideTheGeneratorIsSaidAfterAllThatIsKnown() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), ByteTokenizer.json().replace(":16384", ":151849"));
        Inspection inspection = inspect(7, "packcache");
        assertThat(inspection.verdict()).isEqualTo(Inspection.Verdict.INCOMPLETE);
        assertThat(String.join("\n", inspection.lines()))
                .contains("memory ")
                .contains("cannot run    " + folder.resolve("tokenizer.json") + " has ids up to 151849")
                .contains("holds no picture tokenizer");
    }

    @Test
    void aDamagedShardIsRefused() throws IOException {
        try (RandomAccessFile shard = new RandomAccessFile(
                folder.resolve("model-00001-of-00002.safetensors").toFile(), "rw")) {
            shard.setLength(shard.length() - 1000);
        }
        refused("model-00001-of-00002.safetensors", "bytes");
    }

    @Test
    void aMissingShardIsRefused() throws IOException {
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        refused("model-00002-of-00002.safetensors does not exist");
    }

    @Test
    void aConfigOfAnotherModelIsRefusedWithEveryTensorThatDoesNotFit() throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                CONFIG.replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 6")
                        .replace("\"intermediate_size\": 64", "\"intermediate_size\": 96"));
        refused(
                "model.layers.0-3.mlp.up_proj.weight is [64, 32], expected [96, 32]",
                "missing model.layers.4-5.self_attn.q_proj.weight [32, 32]");
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), ByteTokenizer.json().replace(":16384", ":151849"));
        refused("has ids up to 151849, and the model knows ids below 129536");
    }

    @Test
    void aTokenizerThatDoesNotKnowTheTextAroundPromptsIsRefusedBeforeAPrompt() throws IOException {
        Files.copy(
                Path.of("models/demo/tokenizer.json"),
                folder.resolve("tokenizer.json"),
                StandardCopyOption.REPLACE_EXISTING);
        String message = "tokenizer.json belongs to another model, or this one needs another prompt_template";
        refused(message, "does not know \"Generate\"");
        assertThat(String.join("\n", inspect(7, "packcache").lines())).contains(message);
    }

    @Test
    void aFolderWithoutAPictureTokenizerIsRefused() {
        refused("holds no picture tokenizer", "decoder.jit");
    }
}
