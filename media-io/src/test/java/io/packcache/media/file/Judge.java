package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The independent opinion: the machine's own ffmpeg, ffprobe and mediainfo commands on the files we wrote. */
final class Judge {

    private Judge() {}

    /** Skips the test where ffmpeg is not installed, except in CI, where that is a failure. */
    static void mustBePresent() {
        mustBePresent("ffmpeg", "ffprobe");
    }

    /** Skips the test where one of these commands is not installed, except in CI, where that is a failure. */
    static void mustBePresent(String... commands) {
        for (String command : commands) {
            boolean present = List.of(System.getenv("PATH").split(":")).stream()
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
            if (System.getenv("CI") != null) {
                assertThat(present)
                        .as("%s is installed, as CI demands", command)
                        .isTrue();
            }
            Assumptions.assumeTrue(present, "skipped: the command " + command + " is not installed");
        }
    }

    /** What ffprobe says of the file, every frame decoded; fails if it prints any error. Keys like {@code width}. */
    static Map<String, String> probe(Path file) {
        String said = run(List.of(
                "ffprobe",
                "-v",
                "error",
                "-count_frames",
                "-show_streams",
                "-show_format",
                "-of",
                "default=noprint_wrappers=1",
                file.toString()));
        Map<String, String> facts = new HashMap<>();
        for (String line : said.split("\n", -1)) {
            String[] pair = line.split("=", 2);
            if (pair.length == 2) {
                facts.putIfAbsent(pair[0], pair[1]);
            }
        }
        return facts;
    }

    /** Frames that ffprobe decodes of a file that may be torn at its end. */
    static int picturesThatPlay(Path file) {
        try {
            Process process = new ProcessBuilder(
                            "ffprobe",
                            "-v",
                            "quiet",
                            "-count_frames",
                            "-show_entries",
                            "stream=nb_read_frames",
                            "-of",
                            "csv=p=0",
                            file.toString())
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            process.waitFor();
            return said.lines()
                    .map(line -> line.replaceAll("\\D", ""))
                    .filter(line -> !line.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Presentation times of all frames in seconds, as ffprobe prints them. */
    static List<String> times(Path file) {
        String said = run(List.of(
                "ffprobe",
                "-v",
                "error",
                "-show_entries",
                "packet=pts_time",
                "-of",
                "csv=print_section=0",
                file.toString()));
        return said.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /** All frames decoded, as the planes of YUV 4:2:0, one after the other. */
    static byte[] planes(Path file) {
        try {
            Path raw = Files.createTempFile("decoded", ".yuv");
            try {
                run(List.of(
                        "ffmpeg",
                        "-v",
                        "error",
                        "-y",
                        "-i",
                        file.toString(),
                        "-fps_mode",
                        "passthrough",
                        "-f",
                        "rawvideo",
                        "-pix_fmt",
                        "yuv420p",
                        raw.toString()));
                return Files.readAllBytes(raw);
            } finally {
                Files.delete(raw);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What mediainfo, which shares no code with FFmpeg, says of a file's Video or Image; fields as {@code FrameCount}. */
    static List<String> mediainfo(Path file, String section, String... fields) {
        String wanted = section + ";%" + String.join("%|%", fields) + "%";
        return List.of(run(List.of("mediainfo", "--Inform=" + wanted, file.toString()))
                .strip()
                .split("\\|"));
    }

    /** Runs a command that must succeed and say nothing on standard error. */
    static String run(List<String> command) {
        try {
            Path errors = Files.createTempFile("judge", ".log");
            try {
                Process process = new ProcessBuilder(new ArrayList<>(command))
                        .redirectError(errors.toFile())
                        .start();
                process.getOutputStream().close();
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                int exit = process.waitFor();
                assertThat(Files.readString(errors)).as("errors of %s", command).isEmpty();
                assertThat(exit).as("exit code of %s", command).isZero();
                return said;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
