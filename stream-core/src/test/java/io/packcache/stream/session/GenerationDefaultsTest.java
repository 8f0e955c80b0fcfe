package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationDefaultsTest {

    private static final String WHOLE = """
            {"steps": 12, "guidance": 2.5, "temperature": 1, "choice_temperature": 0.5, "history_mask_ratio": 0.7,
             "fps": 12, "duration_token": 4, "latent_frames": 13, "prompt_template": "{prompt}",
             "width": 64, "height": 64, "transformers_version": "4.30"}
            """;

    @TempDir
    Path folder;

    @Test
    void everyFieldIsRead() throws IOException {
        GenerationDefaults defaults = read(WHOLE);
        assertThat(defaults.sampling().steps()).isEqualTo(12);
        assertThat(defaults.sampling().guidance()).isEqualTo(2.5);
        assertThat(defaults.sampling().temperature()).isEqualTo(1);
        assertThat(defaults.sampling().choiceTemperature()).isEqualTo(0.5);
        assertThat(defaults.sampling().historyMaskRatio()).isEqualTo(0.7);
        assertThat(defaults.sampling().choiceEveryFrame()).isFalse();
        assertThat(defaults.fps()).isEqualTo(12);
        assertThat(defaults.durationToken()).isEqualTo(4);
        assertThat(defaults.latentFrames()).isEqualTo(13);
        assertThat(defaults.promptTemplate()).isEqualTo("{prompt}");
        assertThat(defaults.width()).isEqualTo(64);
        assertThat(defaults.height()).isEqualTo(64);
    }

    @Test
    void theOptionalFieldIsRead() throws IOException {
        GenerationDefaults defaults = read(WHOLE.replace("\"fps\"", "\"choice_every_frame\": true, \"fps\""));
        assertThat(defaults.sampling().choiceEveryFrame()).isTrue();
    }

    @Test
    void aFolderWithoutTheFileGetsThoseOfThePublishedModel() throws IOException {
        assertThat(GenerationDefaults.read(folder)).isEqualTo(GenerationDefaults.lumos());
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        SamplingSettings sampling = new SamplingSettings(9, 3.25, 0.9, 0.1, 0.3, true);
        GenerationDefaults defaults = new GenerationDefaults(sampling, 24, 5, 11, "a \"film\":\n {prompt}", 96, 64);
        assertThat(read(defaults.toJson())).isEqualTo(defaults);
        assertThat(read(GenerationDefaults.lumos().toJson())).isEqualTo(GenerationDefaults.lumos());
    }

    @Test
    void anUnknownFieldIsNamed() {
        refused(
                WHOLE.replace("\"fps\"", "\"frames_per_second\": 12, \"fps\""),
                "$.frames_per_second is no field of this file; it has choice_every_frame, choice_temperature,");
    }

    @Test
    void aMissingFieldIsNamed() {
        refused(WHOLE.replace("\"fps\": 12,", ""), "$.fps is missing, expected a whole number of at least 1");
    }

    @Test
    void aWrongTypeIsNamed() {
        refused(WHOLE.replace("\"steps\": 12", "\"steps\": \"12\""), "$.steps");
        refused(WHOLE.replace("\"steps\": 12", "\"steps\": 12.5"), "$.steps");
        refused(WHOLE.replace("\"steps\": 12", "\"steps\": null"), "$.steps");
    }

    @Test
    void aValueOutOfRangeIsNamed() {
        refused(WHOLE.replace("\"fps\": 12", "\"fps\": 0"), "$.fps is 0, expected a whole number of at least 1");
        refused(WHOLE.replace("0.7", "1.0"), "history mask ratio must be at least 0 and less than 1, got 1.0");
        refused(WHOLE.replace("{prompt}", "film"), "prompt_template must contain {prompt}, got: film");
    }

    @Test
    void whatIsNoObjectIsRefused() {
        refused("[]", "generation_config.json");
        refused("{", "generation_config.json");
    }

    private void refused(String json, String naming) {
        assertThatIOException().isThrownBy(() -> read(json)).withMessageContaining(naming);
    }

    private GenerationDefaults read(String json) throws IOException {
        Files.writeString(folder.resolve(GenerationDefaults.FILE), json);
        return GenerationDefaults.read(folder);
    }
}
