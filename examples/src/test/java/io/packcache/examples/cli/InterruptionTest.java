package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to stop in the middle of a video. */
class InterruptionTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    @Test
    void aVideoThatIsInterruptedPlaysUpToThere() throws Exception {
        Path file = folder.resolve("long.mp4");
        Process render = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "-Dpackcache.home=" + Path.of("..").toAbsolutePath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "render",
                        "--prompt",
                        "a red circle moves right",
                        "--steps",
                        "2",
                        "--latent-frames",
                        "100000",
                        "--out",
                        file.toString()))
                .redirectError(folder.resolve("err").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try {
            await().atMost(PATIENCE).until(this::somethingIsWritten);
            render.toHandle().destroy();

            assertThat(render.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            render.destroyForcibly();
        }

        assertThat(Videos.pictures(file)).isNotEmpty();
        assertThat(Files.readString(folder.resolve("out")))
                .contains("long.mp4: ")
                .contains("stopped early");
        assertThat(parts()).isEmpty();
    }

    /** Pictures go to a sibling until the file is whole. */
    private boolean somethingIsWritten() {
        return parts().stream().anyMatch(part -> part.toFile().length() > 0);
    }

    private List<Path> parts() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
