package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.LagKv;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.SnapKv;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.RasterConfig;
import io.packcache.stream.testkit.SafetensorsFile;
import io.packcache.stream.testkit.TinyModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A next-token model from its folder, behind the session that Lumos-1 runs in. */
class RasterModelTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModelFolder.write(folder, 3);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "Emu3", "vocab_size": 46, "hidden_size": 32, "intermediate_size": 48,
                 "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "bos_token_id": 0,
                 "boi_token_id": 7, "img_token_id": 8, "eol_token_id": 9, "eof_token_id": 10, "visual_token_count": 16}
                """);
        Files.writeString(folder.resolve("generation_config.json"), """
                {"steps": 1, "guidance": 3, "temperature": 1, "choice_temperature": 0, "history_mask_ratio": 0,
                 "top_k": 8, "top_p": 0.9, "fps": 12, "duration_token": 2, "latent_frames": 5,
                 "prompt_template": "{prompt}", "width": 16, "height": 16}
                """);
        String tokenizer = Files.readString(folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                tokenizer.replace("\"right\": 6", "\"right\": 6, \"2\": 11, \"*\": 12"));
        SafetensorsFile weights = new SafetensorsFile();
        Random random = new Random(4);
        RasterConfig.read(folder).network().tensors().forEach((name, shape) -> {
            int[] sizes = new int[shape.length];
            int length = 1;
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = Math.toIntExact(shape[i]);
                length *= sizes[i];
            }
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = (name.contains("norm") ? 1 : 0) + (float) random.nextGaussian() * 0.3f;
            }
            weights.put(name, values, sizes);
        });
        weights.write(folder.resolve("model.safetensors"));
    }

    private List<int[]> codes(long seed, boolean compacted) throws IOException {
        List<int[]> codes = new ArrayList<>();
        try (Backend backend = Backends.best();
                VideoModel model = VideoModel.load(folder, backend);
                GenerationSession session =
                        model.open(model.request("a red circle moves right").withSeed(seed))) {
            while (session.hasNext()) {
                GeneratedFrame frame = session.next();
                codes.add(frame.codes());
                assertThat(frame.pictures()).hasSize(frame.number() == 0 ? 1 : 4);
                frame.pictures().forEach(VideoFrame::release);
                if (compacted) {
                    PackCache policy = PackCache.defaults();
                    frame.lease().apply(policy.plan(frame.lease().view(policy.signals()), Budget.unlimited()));
                }
            }
        }
        return codes;
    }

    @Test
    void aRasterModelRunsBehindTheSameSession() throws IOException {
        List<int[]> frames = codes(1, true);
        assertThat(frames).hasSize(5).allMatch(codes -> codes.length == 4);
        assertThat(codes(1, true)).usingRecursiveComparison().isEqualTo(frames);
        assertThat(codes(2, true)).usingRecursiveComparison().isNotEqualTo(frames);
        assertThat(codes(1, false)).hasSize(5);
    }

    @Test
    void aPolicyThatLooksAtProbesIsRefusedAndOneThatLooksAtKeysIsNot() throws IOException {
        try (Backend backend = Backends.of("plain");
                VideoModel model = VideoModel.load(folder, backend);
                GenerationSession session = model.open(model.request("a red circle moves right"))) {
            assertThatThrownBy(() -> model.check(SnapKv.defaults()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "snapkv must be told probe attention, which this model cannot tell; it tells"
                                    + " key, value, key norm, value norm; with default settings there are packcache, full");
            model.check(LagKv.defaults());
            try (GeneratedFrame frame = session.next()) {
                assertThatThrownBy(() -> frame.lease().view(Set.of(Signal.ATTENTION_MASS)))
                        .hasMessageStartingWith("the policy must be told attention mass, which this model cannot tell");
                assertThat(LagKv.defaults()
                                .plan(frame.lease().view(LagKv.defaults().signals()), Budget.unlimited())
                                .frames())
                        .hasSize(1);
            }
        }
    }

    @Test
    void itNeedsToBeToldWhatItGenerates() throws IOException {
        Files.delete(folder.resolve("generation_config.json"));
        try (Backend backend = Backends.of("plain")) {
            assertThatThrownBy(() -> VideoModel.load(folder, backend))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("no generation_config.json")
                    .hasMessageContaining("type Emu3");
        }
    }
}
