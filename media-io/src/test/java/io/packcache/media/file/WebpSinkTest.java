package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Animated WebP, judged by the commands of its own library, since ffmpeg does not read it. */
class WebpSinkTest {

    private static final int SIZE = 64;
    private static final int PICTURES = 13;

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @BeforeEach
    void judgesArePresent() {
        Judge.mustBePresent("webpmux", "dwebp");
    }

    @AfterEach
    void everyPictureWasReleased() {
        assertThat(pool.live()).isZero();
    }

    @Test
    void losslessEveryPixelOfEveryPictureComesOutInOrder() throws IOException {
        Path file = folder.resolve("film.webp");
        try (WebpSink sink = new WebpSink(file, WebpSettings.DEFAULTS.withLossless(true))) {
            for (int i = 0; i < PICTURES; i++) {
                sink.write(CounterPictures.picture(pool, i, SIZE, SIZE));
            }
            assertThat(sink.pictures()).isEqualTo(PICTURES);
        }

        List<Part> parts = parts(file);
        assertThat(parts).hasSize(PICTURES);
        byte[] canvas = new byte[3 * SIZE * SIZE];
        for (int i = 0; i < PICTURES; i++) {
            paint(file, i, parts.get(i), canvas);
            try (VideoFrame expected = CounterPictures.picture(pool, i, SIZE, SIZE)) {
                assertThat(canvas).as("picture %d", i).isEqualTo(expected.rgb());
            }
        }
        assertThat(parts.stream().mapToInt(Part::milliseconds).sum()).isBetween(1082, 1084);
        assertThat(parts).allSatisfy(part -> assertThat(part.milliseconds()).isBetween(83, 84));
    }

    @Test
    void lossyItIsSmallerAndPlaysForEverUnlessToldOtherwise() throws IOException {
        Path file = folder.resolve("film.webp");
        write(file, WebpSettings.DEFAULTS.withQuality(50).withRepeats(false));
        assertThat(Judge.run(List.of("webpmux", "-info", file.toString()))).contains("Loop Count : 1");
        long lossy = Files.size(file);
        write(file, WebpSettings.DEFAULTS.withLossless(true).withOverwrite(true));
        assertThat(Judge.run(List.of("webpmux", "-info", file.toString()))).contains("Loop Count : 0");
        assertThat(lossy).isPositive().isNotEqualTo(Files.size(file));
    }

    @Test
    void noPictureLeavesNoFile() throws IOException {
        new WebpSink(folder.resolve("film.webp"), WebpSettings.DEFAULTS).close();
        assertThat(folder.toFile().list()).isEmpty();
    }

    private void write(Path file, WebpSettings settings) throws IOException {
        try (WebpSink sink = new WebpSink(file, settings)) {
            for (int i = 0; i < 3; i++) {
                sink.write(CounterPictures.picture(pool, i, SIZE, SIZE));
            }
        }
    }

    /** One picture of the file: it changes only a part of the canvas. */
    private record Part(int left, int top, int milliseconds) {}

    private static List<Part> parts(Path file) {
        return Judge.run(List.of("webpmux", "-info", file.toString()))
                .lines()
                .filter(line -> line.matches("\\s*\\d+:.*"))
                .map(line -> line.strip().split("\\s+"))
                .map(word -> new Part(Integer.parseInt(word[4]), Integer.parseInt(word[5]), Integer.parseInt(word[6])))
                .toList();
    }

    /** Puts a part's visible pixels on the canvas; no part here is half transparent. */
    private void paint(Path file, int number, Part part, byte[] canvas) throws IOException {
        Path still = folder.resolve("still.webp");
        Path pixels = folder.resolve("still.pam");
        quietly("webpmux", "-get", "frame", Integer.toString(number + 1), file.toString(), "-o", still.toString());
        quietly("dwebp", "-quiet", "-pam", still.toString(), "-o", pixels.toString());
        try (DataInputStream in = new DataInputStream(Files.newInputStream(pixels))) {
            byte[] all = in.readAllBytes();
            String text = new String(all, StandardCharsets.ISO_8859_1);
            int start = text.indexOf("ENDHDR\n") + 7;
            int width = Integer.parseInt(text.replaceFirst("(?s).*?WIDTH (\\d+)\n.*", "$1"));
            int height = Integer.parseInt(text.replaceFirst("(?s).*?HEIGHT (\\d+)\n.*", "$1"));
            for (int i = 0; i < width * height; i++) {
                if (all[start + 4 * i + 3] == 0) {
                    continue;
                }
                int to = 3 * ((part.top() + i / width) * SIZE + part.left() + i % width);
                System.arraycopy(all, start + 4 * i, canvas, to, 3);
            }
        }
    }

    private static void quietly(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
