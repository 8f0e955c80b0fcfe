package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.examples.pipelines.Pipeline;
import io.packcache.stream.flow.Checkpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines out of JSON files, as their user meets them. */
class RunCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void findTheShippedModel() {
        System.setProperty("packcache.home", Path.of("..").toAbsolutePath().toString());
    }

    @Test
    void onePipelineWritesEveryPictureIntoEachOfItsSinks() throws IOException {
        Path film = folder.resolve("red.mp4");
        Path sheet = folder.resolve("red.jpg");
        int exit = run("""
                {"request": {"prompt": "a red circle moves right", "latentFrames": 2},
                 "policy": {"policy": "packcache", "window": 2},
                 "operators": [{"operator": "boundedQueue", "capacity": 3}],
                 "sinks": [{"to": "%s"}, {"to": "%s"}]}""".formatted(film, sheet));
        assertThat(err.toString()).contains("red.mp4: 5 pictures, 0 dropped", "red.jpg: 5 pictures, 0 dropped");
        assertThat(exit).isZero();
        assertThat(Videos.pictures(film)).hasSize(5);
        assertThat(sheet).isNotEmptyFile();
    }

    @Test
    void whatTheModelCannotDoIsRefusedWithItsPlaceBeforeAnythingIsWritten() throws IOException {
        Path film = folder.resolve("red.mp4");
        int exit = run("""
                {"request": {"prompt": "a red circle moves right", "width": 65},
                 "sinks": [{"to": "%s"}]}""".formatted(film));
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("$.request: width and height must be multiples of 8");
        assertThat(film).doesNotExist();
    }

    @Test
    void operatorsInAnOrderThatCannotBeAreRefused() throws IOException {
        int exit = run("""
                {"request": {"prompt": "a red circle moves right"},
                 "operators": [{"operator": "boundedQueue"}, {"operator": "driftMeter"}],
                 "sinks": [{"to": "x.mp4"}]}""");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("$.operators[1]: driftMeter acts on latent frames; it must stand before");
    }

    @Test
    void aPipelineThatWasSavedGoesOnWhereItWas() throws IOException {
        Path saved = folder.resolve("saved");
        Path film = folder.resolve("red.mp4");
        Path rest = folder.resolve("rest.mp4");
        int exit = run("""
                {"request": {"prompt": "a red circle moves right", "latentFrames": 4},
                 "operators": [{"operator": "checkpointEvery", "everyFrames": 2, "directory": "%s", "keep": 9}],
                 "sinks": [{"to": "%s"}]}""".formatted(saved, film));
        assertThat(exit).as(err.toString()).isZero();
        Files.delete(Checkpoints.newest(saved).orElseThrow());
        exit = run("""
                {"resumeFrom": "%s", "sinks": [{"to": "%s"}]}""".formatted(saved, rest));
        assertThat(err.toString()).contains("rest.mp4: 8 pictures, 0 dropped");
        assertThat(exit).isZero();
    }

    @Test
    void whatACheckpointCannotBeIsRefusedWithItsPlace() throws IOException {
        int exit = run("""
                {"resumeFrom": "%s", "sinks": [{"to": "x.mp4"}]}""".formatted(folder));
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("$.resumeFrom: there is no checkpoint in the directory " + folder);
        exit = run("""
                {"request": {"prompt": "a red circle moves right"},
                 "operators": [{"operator": "checkpointEvery", "everyFrames": 0}], "sinks": [{"to": "x.mp4"}]}""");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("$.operators[0].everyFrames: everyFrames is 1 to 2147483647, got 0");
        exit = run("""
                {"request": {"prompt": "a red circle moves right"},
                 "operators": [{"operator": "checkpointEvery", "every": 4}], "sinks": [{"to": "x.mp4"}]}""");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString())
                .contains("$.operators[0].every is no setting; there are everyFrames, directory, keep");
    }

    @Test
    void anAddressThatNamesNoSinkIsRefusedWithItsPlace() throws IOException {
        int exit = run("""
                {"request": {"prompt": "a red circle moves right"}, "sinks": [{"to": "film.avi"}]}""");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("$.sinks[0]: cannot tell what to write to film.avi");
    }

    @Test
    void thePipelinesThatShipAreAccepted() throws IOException {
        try (var files = Files.list(Path.of("pipelines"))) {
            for (Path file : files.toList()) {
                assertThat(Pipeline.format().read(file).sinks())
                        .as(file.toString())
                        .isNotEmpty();
            }
        }
    }

    private int run(String json) throws IOException {
        Path file = Files.writeString(folder.resolve("pipeline.json"), json);
        return Main.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute("run", file.toString());
    }
}
