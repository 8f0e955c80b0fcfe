package io.packcache.examples.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.TokenTable;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.stream.model.RasterConfig;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a next-token model would take, from its headers. */
class RasterInspectionTest {

    private static final String EMU3 = """
            {"model_type": "Emu3", "vocab_size": 184622, "hidden_size": 32, "intermediate_size": 48,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
            """;

    private static final String LWM = """
            {"model_type": "lwm", "vocab_size": 32000, "hidden_size": 32, "intermediate_size": 48,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2}
            """;

    /** Layers, keys and values, KV heads, channels, bytes. */
    private static final long BYTES_PER_TOKEN = 2 * 2 * 2 * 8 * 4 + TokenTable.BYTES_PER_TOKEN;

    @TempDir
    private Path folder;

    private Inspection inspect(String config, int width, int height, int latentFrames, String policy)
            throws IOException {
        SyntheticCheckpoint.writeModel(folder, config, NumberFormat.FLOAT16, 9 << 20, 1);
        SamplingSettings sampling = SamplingSettings.defaults().withGuidance(3);
        try (Backend backend = Backends.of("plain")) {
            return Inspection.of(
                    folder,
                    new Inspection.Request(width, height, latentFrames, sampling),
                    PolicyPresets.of(policy),
                    backend);
        }
    }

    private RequestForecast forecast(String config, int rows, int columns, int latentFrames, String policy)
            throws IOException {
        SyntheticCheckpoint.writeModel(folder, config, NumberFormat.FLOAT16, 9 << 20, 1);
        RasterConfig read = RasterConfig.read(folder);
        try (Backend backend = Backends.of("plain")) {
            return RequestForecast.of(
                    FrameProcedure.raster(
                            read, rows, columns, SamplingSettings.defaults().withGuidance(3)),
                    ModelFacts.read(folder, read.network()),
                    PictureDecoderForecast.NONE,
                    latentFrames,
                    PolicyPresets.of(policy),
                    backend);
        }
    }

    @Test
    void emu3sFrameHasItsRowEndsAndItsEnd() throws IOException {
        RequestForecast forecast = forecast(EMU3, 10, 12, 4, "full");
        assertThat(forecast.frameTokens()).isEqualTo(10 * (12 + 1) + 1);
        assertThat(forecast.frameCacheBytes()).isEqualTo(131 * BYTES_PER_TOKEN);
        // Two branches of four frames and the text; room is reserved by two frames at a time.
        assertThat(forecast.caches()).isBetween(2 * 4 * 131 * BYTES_PER_TOKEN, 2 * (6 * 131 + 170) * BYTES_PER_TOKEN);
    }

    @Test
    void lwmsFrameOf256CodesHas257Tokens() throws IOException {
        assertThat(forecast(LWM, 16, 16, 2, "full").frameTokens()).isEqualTo(257);
    }

    @Test
    void everyTokenRunsOnceInEachBranch() throws IOException {
        double parameters = 2 * (2 * 32 * 32 + 2 * 16 * 32 + 3 * 32 * 48 + 2 * 32);
        double attended = FrameProcedure.TEXT_TOKENS + 4 + 258 / 2.0; // bos, text, opening, half of the frame
        double answers = 2.0 * 8192 * 32;
        assertThat(forecast(LWM, 16, 16, 1, "full").operations())
                .isCloseTo(2 * 257 * (2 * parameters + 4 * attended * 32 * 2 + answers), within(1e6));
    }

    @Test
    void underPackCacheTheCacheEndsToGrow() throws IOException {
        assertThat(forecast(LWM, 16, 16, 40, "packcache").caches())
                .isEqualTo(forecast(LWM, 16, 16, 20, "packcache").caches())
                .isLessThan(forecast(LWM, 16, 16, 40, "full").caches() / 4);
    }

    @Test
    void theReportSaysWhatItMustBeToldBesideAllThatIsKnown() throws IOException {
        Inspection inspection = inspect(EMU3, 96, 80, 3, "packcache");
        assertThat(inspection.verdict()).isEqualTo(Inspection.Verdict.INCOMPLETE);
        assertThat(String.join("\n", inspection.lines()))
                .contains("Emu3, next token in raster order")
                .contains("tokens        131 a latent frame")
                .contains("holds no generation_config.json")
                .contains("tokenizer.json does not exist")
                .contains("holds no picture tokenizer");
        assertThat(Files.exists(folder.resolve("generation_config.json"))).isFalse();
    }
}
