package io.packcache.stream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.spec.SettingException;
import io.packcache.stream.spec.SettingsFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineFormatTest {

    /** An operator's settings. */
    public record Pace(double fps) {
        public Pace {
            if (!(fps > 0)) {
                throw new SettingException("fps", "fps is above 0, got " + fps);
            }
        }
    }

    /** A sink's settings. */
    public record Target(int width) {}

    private static final PipelineFormat<Target> FORMAT =
            new PipelineFormat<>(Map.of("pace", new Pace(12), "queue", new Pace(1)), new Target(512));

    @Test
    void whatIsLeftOutHasItsDefault() throws IOException {
        PipelineSpec<Target> spec = FORMAT.parse("""
                {"request": {"prompt": "a red circle moves right"}, "sinks": [{"to": "red.mp4"}]}""");
        assertThat(spec.model()).isEmpty();
        assertThat(spec.policy()).isEqualTo(PackCache.defaults());
        assertThat(spec.operators()).isEmpty();
        assertThat(spec.sinks()).containsExactly(new SinkSpec<>("red.mp4", new Target(512), "$.sinks[0]"));
    }

    @Test
    void everyPartIsRead() throws IOException {
        PipelineSpec<Target> spec = FORMAT.parse("""
                {"model": "models/demo", "backend": "plain",
                 "request": {"prompt": "x", "seed": 7, "sampling": {"steps": 3}},
                 "policy": "full",
                 "operators": [{"operator": "pace", "fps": 30}, {"operator": "queue"}],
                 "sinks": [{"to": "a.mp4", "width": 64}, {"to": "b.mp4"}]}""");
        assertThat(spec.model()).contains("models/demo");
        assertThat(spec.backend()).contains("plain");
        assertThat(spec.policy()).isEqualTo(new FullCache());
        assertThat(spec.operators())
                .containsExactly(
                        new OperatorSpec("pace", new Pace(30), "$.operators[0]"),
                        new OperatorSpec("queue", new Pace(1), "$.operators[1]"));
        assertThat(spec.sinks()).hasSize(2);
    }

    @Test
    void theRequestTakesWhatItLeavesOutFromTheModelAndNotFromTheFormat() throws IOException {
        PipelineSpec<Target> spec = FORMAT.parse("""
                {"request": {"prompt": "x", "sampling": {"steps": 3}}, "sinks": [{"to": "a.mp4"}]}""");
        GenerationDefaults lumos = GenerationDefaults.lumos();
        GenerationDefaults model =
                new GenerationDefaults(lumos.sampling().withGuidance(2), 12, 4, 13, "{prompt}", 64, 32);
        RequestSettings request = spec.request(model);
        assertThat(List.of(request.width(), request.height())).containsExactly(64, 32);
        assertThat(request.sampling())
                .isEqualTo(lumos.sampling().withGuidance(2).withSteps(3));
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        PipelineSpec<Target> spec = FORMAT.parse("""
                {"request": {"prompt": "x"}, "policy": {"policy": "packcache", "window": 6},
                 "operators": [{"operator": "pace", "fps": 24}], "sinks": [{"to": "a.mp4"}]}""");
        assertThat(FORMAT.parse(FORMAT.write(spec))).isEqualTo(spec);
    }

    @Test
    void aVideoThatGoesOnFromACheckpointAsksForNothingElse() throws IOException {
        PipelineSpec<Target> spec = FORMAT.parse("""
                {"resumeFrom": "saved", "sinks": [{"to": "rest.mp4"}]}""");
        assertThat(spec.resumeFrom()).contains("saved");
        assertThat(FORMAT.parse(FORMAT.write(spec))).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sinks\":[{\"to\":\"a\"}]} | $.request is missing; it must be an object",
                "{\"request\":{},\"sinks\":[{\"to\":\"a\"}]} | $.request.prompt is missing",
                "{\"request\":{\"prompt\":\"x\"}} | $.sinks is empty",
                "{\"request\":{\"prompt\":\"x\"},\"sinks\":[{}]} | $.sinks[0].to is missing",
                "{\"request\":{\"prompt\":\"x\"},\"sinks\":[{\"to\":\"a\",\"wide\":1}]} | $.sinks[0].wide is no setting; there are width",
                "{\"request\":{\"prompt\":\"x\",\"sed\":1},\"sinks\":[{\"to\":\"a\"}]} | $.request.sed is no setting",
                "{\"request\":{\"prompt\":\"x\",\"sampling\":{\"steps\":0}},\"sinks\":[{\"to\":\"a\"}]} | $.request.sampling: steps must be at least 1, got 0",
                "{\"request\":{\"prompt\":\"x\"},\"policy\":\"pakcache\",\"sinks\":[{\"to\":\"a\"}]} | $.policy: there is no policy \"pakcache\"",
                "{\"request\":{\"prompt\":\"x\"},\"operators\":[{\"operator\":\"pase\"}],\"sinks\":[{\"to\":\"a\"}]} | $.operators[0].operator is \"pase\"; it must be one of pace, queue",
                "{\"request\":{\"prompt\":\"x\"},\"operators\":[{\"operator\":\"pace\",\"fps\":0}],\"sinks\":[{\"to\":\"a\"}]} | $.operators[0].fps: fps is above 0, got 0.0",
                "{\"request\":{\"prompt\":\"x\"},\"operators\":{},\"sinks\":[{\"to\":\"a\"}]} | $.operators is {}; it must be a list",
                "{\"reqest\":{}} | $.reqest is no part of a pipeline; there are model, backend, request, resumeFrom, policy, operators, sinks",
                "{\"resumeFrom\":1,\"sinks\":[{\"to\":\"a\"}]} | $.resumeFrom is 1; it must be a text in quotes",
                "{\"resumeFrom\":\"saved\",\"request\":{\"prompt\":\"x\"},\"sinks\":[{\"to\":\"a\"}]} | $.request stands beside $.resumeFrom",
                "[] | $ is []; it must be an object",
                "{\"request\":{} | the settings are not JSON"
            })
    void whatIsWrongIsRefusedWithItsPlaceAndWhatWouldBeRight(String json, String message) {
        assertThatThrownBy(() -> FORMAT.parse(json))
                .isInstanceOf(SettingsFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRefusalNamesTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("live.json"), "{}");
        assertThatThrownBy(() -> FORMAT.read(file)).hasMessageStartingWith(file + ": $.request is missing");
    }
}
