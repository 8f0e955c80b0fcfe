package io.packcache.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that runs on a machine with a GPU, where it cannot: one sentence, and no figures. */
class GpuRunScriptTest {

    private static final Path SCRIPT = Path.of("gpu", "run.sh");

    @TempDir
    private Path folder;

    private record Result(int exitCode, String words) {}

    private Result run(String... options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("sh", SCRIPT.toString(), "--out", folder.resolve("figures") + ""));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), words);
    }

    /** An archive whose Java says what a machine without a device would hear. */
    private Path archiveWhoseJava(String script) throws IOException, InterruptedException {
        Path java = folder.resolve("packcache-gpu/java/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Path archive = folder.resolve("archive.tar.gz");
        Process tar = new ProcessBuilder("tar", "-C", folder + "", "-czf", archive + "", "packcache-gpu").start();
        assertThat(tar.waitFor()).isZero();
        return archive;
    }

    @Test
    void withoutAnArchiveItSaysWhatMakesOne() throws IOException, InterruptedException {
        Path absent = folder.resolve("absent.tar.gz");
        assertThat(run("--archive", absent + ""))
                .isEqualTo(new Result(2, "run.sh: no archive at " + absent + "; examples/gpu/pack.sh makes it.\n"));
    }

    @Test
    void anUnknownOptionIsRefusedWithTheKnownOnes() throws IOException, InterruptedException {
        Result result = run("--fast", "1");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.words()).startsWith("run.sh: there is no option --fast; it has --archive");
    }

    @Test
    void whatTheBackendLacksIsTheOnlySentence() throws IOException, InterruptedException {
        Path archive = archiveWhoseJava(
                "echo 'WARNING: incubator' >&2; echo 'packcache verify: backend cuda cannot run: no driver' >&2; exit 2");
        assertThat(run("--archive", archive + ""))
                .isEqualTo(new Result(2, "run.sh: backend cuda cannot run: no driver\n"));
    }

    @Test
    void numbersThatDifferEndTheRunBeforeAnythingIsTimed() throws IOException, InterruptedException {
        Path archive = archiveWhoseJava("case \"$*\" in *verify*) echo 'FAILED: 1 of 104'; exit 1 ;; esac; exit 0");
        Result result = run("--archive", archive + "", "--backend", "vector");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.words()).contains("FAILED: 1 of 104").contains("vector differs from the golden numbers");
        assertThat(folder.resolve("figures/paper.txt")).doesNotExist();
    }
}
