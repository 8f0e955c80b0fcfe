package io.packcache.examples.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VerifyCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new VerifyCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void aGoodFolderIsATableAndExitCode0() throws IOException {
        GoldenCopy.into(folder, "layout.safetensors");
        assertThat(run(folder.toString(), "--backend", "plain")).isZero();
        assertThat(out.toString().lines())
                .anyMatch(line -> line.matches("real\\.cos64 +\\S+ +1\\.00e-05 +ok"))
                .anyMatch(line -> line.matches("real\\.pos +0 +exact +ok"))
                .last()
                .isEqualTo("PASSED: all 15 comparisons are within their limits");
    }

    @Test
    void aFailedComparisonIsExitCode1() throws IOException {
        GoldenCopy.into(folder, "layout.safetensors").change("layout.safetensors", "real.cos64", 9, 0.1);
        assertThat(run(folder.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("FAILED: 1 of 15 comparisons are beyond their limits");
    }

    @Test
    void whatCannotBeCheckedIsOneSentenceAndExitCode2() throws IOException {
        assertThat(run(folder.toString())).isEqualTo(2);
        assertThat(run(folder.resolve("none").toString())).isEqualTo(2);
        GoldenCopy.into(folder, "layout.safetensors");
        assertThat(run(folder.toString(), "--backend", "abacus")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).contains("nothing to check", "is not a folder", "abacus");
    }
}
