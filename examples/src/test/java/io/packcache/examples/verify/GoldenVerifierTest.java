package io.packcache.examples.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenVerifierTest {

    private static final String[] MODEL = {"config.json", "model.safetensors", "goldens.safetensors", "calls.json"};

    @TempDir
    private Path folder;

    static List<String> backends() {
        return Backends.names().stream()
                .filter(name -> Backends.refusals().stream().noneMatch(refusal -> refusal.startsWith(name + ":")))
                .toList();
    }

    private static GoldenVerifier.Report verify(Path folder) throws IOException {
        try (Backend backend = Backends.best()) {
            return GoldenVerifier.verify(folder, folder, backend);
        }
    }

    private static List<String> failures(Path folder) throws IOException {
        return verify(folder).checks().stream()
                .filter(check -> !check.passed())
                .map(Check::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theEngineEqualsTheOriginalOnEveryTensor(String name) throws IOException {
        try (Backend backend = Backends.of(name)) {
            Path golden = GoldenCopy.original();
            GoldenVerifier.Report report = GoldenVerifier.verify(golden, golden, backend);
            assertThat(report.checks()).allMatch(Check::passed).hasSize(104);
            assertThat(report.unchecked()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theShippedModelEqualsItsTrainer(String name) throws IOException {
        try (Backend backend = Backends.of(name)) {
            GoldenVerifier.Report report =
                    GoldenVerifier.verify(Path.of("src/test/resources/goldens/demo"), Path.of("models/demo"), backend);
            assertThat(report.checks()).allMatch(Check::passed).hasSizeGreaterThan(10);
        }
    }

    @Test
    void oneChangedWeightFailsTheForwardsAndNothingElse() throws IOException {
        GoldenCopy.into(folder).change("model.safetensors", "model.layers.1.mlp.down_proj.weight", 77, 0.5);
        assertThat(failures(folder))
                .contains("full.logits", "dense.cond.f2.store.logits", "pruned.A.logits", "rebase.frame.logits")
                .doesNotContain("full.pos", "full.cos", "real.mask", "cosmos-tiny.dec.rgb");
    }

    @ParameterizedTest(name = "{1} of {0}")
    @CsvSource({
        "goldens.safetensors, full.logits, 5, 0.001, full.logits",
        "goldens.safetensors, full.hidden, 40000, 0.001, full.hidden",
        "goldens.safetensors, full.attn, 9000, 0.001, full.attn",
        "goldens.safetensors, full.cos, 70, 0.0001, full.cos",
        "goldens.safetensors, full.mask, 131, 1, full.mask",
        "goldens.safetensors, full.pos.h, 60, 1, full.pos",
        "goldens.safetensors, uncond.logits, 9, 0.001, uncond.logits",
        "goldens.safetensors, history_mask_pattern, 3, 1, history_mask_pattern",
        "goldens.safetensors, masked.uncond.f1.step1.logits, 9, 0.001, masked.uncond.f1.step1.logits",
        "goldens.safetensors, masked.cond.cache.k, 9, 0.001, masked.cond.cache.k",
        "goldens.safetensors, masked.cond.cache.v, 9, 0.001, masked.cond.cache.v",
        "goldens.safetensors, masked.cfg15.f1.step1.logits, 9, 0.005, masked.cfg15.f1.step1.logits",
        "goldens.safetensors, pruned.B.logits, 9, 0.001, pruned.B.logits",
        "goldens.safetensors, pruned.A.attn, 9, 0.001, pruned.A.attn",
    })
    void oneChangedNumberFailsItsTensor(String file, String tensor, int index, double by, String check)
            throws IOException {
        GoldenCopy.into(folder, MODEL).change(file, tensor, index, by);
        assertThat(failures(folder)).contains(check);
    }

    @ParameterizedTest(name = "{1} of {0}")
    @CsvSource({
        "layout.safetensors, real.pos.w, 40, 8, real.pos",
        "layout.safetensors, real.input_ids, 26, 1, real.input_ids",
        "layout.safetensors, real.mask, 3, 1, real.mask",
        "layout.safetensors, real.sin128, 777, 0.0001, real.sin128",
        "layout.safetensors, real.rot_out64, 777, 0.001, real.rot_out64",
        "layout.safetensors, history_mask.4080.0.7, 9, 1, history_mask.4080.0.7",
        "cosmos-tiny.safetensors, dec.up.1, 5, 0.001, cosmos-tiny.dec.up.1",
        "cosmos-tiny.safetensors, fsq.codes, 5, 0.0001, cosmos-tiny.fsq.codes",
        "cosmos-tiny.safetensors, enc.haar, 5, 0.0001, cosmos-tiny.enc.haar",
        "cosmos-tiny.safetensors, enc.indices, 5, 1, cosmos-tiny.enc.indices",
        "rebase.safetensors, cache_rebased.k, 900, 0.001, rebase.cache_rebased.k",
        "rebase.safetensors, delta.sin, 1700, 0.001, rebase.delta.sin",
        "rebase.safetensors, keep.pos.t, 60, 1, rebase.delta.cos",
        "rebase.safetensors, frame.logits, 9, 0.001, rebase.frame.logits",
        "rebase.safetensors, frame.logits_no_rebase, 9, 0.001, rebase.frame.logits_no_rebase",
    })
    void oneChangedNumberFailsItsTensorInAFolderOfThatFileAlone(
            String file, String tensor, int index, double by, String check) throws IOException {
        GoldenCopy.into(folder, file, "config.json", "model.safetensors", "cosmos-tiny-weights.safetensors")
                .change(file, tensor, index, by);
        assertThat(failures(folder)).contains(check);
    }

    @Test
    void aChangedScheduleFails() throws IOException {
        GoldenCopy.into(folder, "schedule.json").replace("schedule.json", "\"mask_len\": 895", "\"mask_len\": 896");
        assertThat(failures(folder)).containsExactly("schedule.1792x18");
    }

    @Test
    void aFolderNeedsNoMoreThanOneFile() throws IOException {
        GoldenCopy.into(folder, "layout.safetensors");
        GoldenVerifier.Report report = verify(folder);
        assertThat(report.passed()).isTrue();
        assertThat(report.checks()).hasSize(15);
    }

    @Test
    void weightsMayLieApartFromTheNumbers() throws IOException {
        GoldenCopy.into(folder, "goldens.safetensors", "calls.json");
        try (Backend backend = Backends.best()) {
            assertThat(GoldenVerifier.verify(folder, GoldenCopy.original(), backend)
                            .passed())
                    .isTrue();
        }
    }

    @Test
    void aFolderWithNothingToCheckIsAnError() throws IOException {
        GoldenCopy.into(folder, "config.json", "model.safetensors");
        assertThatThrownBy(() -> verify(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("nothing to check");
    }

    @Test
    void whatAnotherFileNeedsIsNamedWhenItIsMissing() throws IOException {
        GoldenCopy.into(folder, MODEL);
        for (String file : List.of("calls.json", "config.json", "model.safetensors")) {
            byte[] bytes = Files.readAllBytes(folder.resolve(file));
            Files.delete(folder.resolve(file));
            assertThatThrownBy(() -> verify(folder))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(file);
            Files.write(folder.resolve(file), bytes);
        }
    }

    @Test
    void damagedFilesAreErrorsThatNameThem() throws IOException {
        GoldenCopy.into(folder, MODEL).cut("goldens.safetensors", 5);
        assertThatThrownBy(() -> verify(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("goldens.safetensors");
    }

    @Test
    void anIdBeyondTheVocabularyIsAnErrorAtItsPlace() throws IOException {
        GoldenCopy.into(folder, MODEL).change("goldens.safetensors", "full.input_ids", 7, 640);
        assertThatThrownBy(() -> verify(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("\"full.input_ids\"[7]");
    }

    @Test
    void callsThatContradictTheirTensorsAreErrors() throws IOException {
        GoldenCopy.into(folder, MODEL).replace("calls.json", "\"cache_len_before\": 12", "\"cache_len_before\": 11");
        assertThatThrownBy(() -> verify(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("dense.cond.f0.step1");
    }

    @ParameterizedTest
    @CsvSource({"rows, height", "h_grids, height", "h_grids, tall"})
    void theFramesShapeComesFromCodesOrUnitsOrTheSequenceItself(String first, String renamed) throws IOException {
        GoldenCopy copy = GoldenCopy.into(folder, MODEL).replace("config.json", '"' + first + '"', '"' + renamed + '"');
        if (renamed.equals("tall")) {
            copy.replace("config.json", "\"rows\"", "\"high\"");
        }
        assertThat(verify(folder).passed()).isTrue();
    }

    @Test
    void tokenizerNumbersGoWithTheirOwnOrTheOnlyWeights() throws IOException {
        GoldenCopy.into(folder, "cosmos-tiny.safetensors");
        assertThatThrownBy(() -> verify(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cosmos-tiny-weights.safetensors is missing");
        Path weights = GoldenCopy.original().resolve("cosmos-tiny-weights.safetensors");
        Files.copy(weights, folder.resolve("cosmos-other-weights.safetensors"));
        assertThat(verify(folder).passed()).isTrue();
    }
}
