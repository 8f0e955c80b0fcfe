package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Files as a player sees them, by the ffmpeg command: a witness that shares no code with us. */
final class Videos {

    /** Pixels on a side of the pictures that {@link #pictures} returns. */
    static final int SIDE = 64;

    private Videos() {}

    /** Every picture of a file, brought to {@link #SIDE} x {@link #SIDE} pixels of R, G, B. */
    static List<ByteBuffer> pictures(Path file) throws IOException {
        assertThat(file).isRegularFile();
        if (System.getenv("CI") == null) {
            assumeTrue(isPresent(), "the ffmpeg command is needed to look at " + file + "; install ffmpeg");
        }
        Process ffmpeg = new ProcessBuilder(
                        "ffmpeg",
                        "-v",
                        "error",
                        "-i",
                        file.toString(),
                        "-fps_mode",
                        "passthrough",
                        "-vf",
                        "scale=" + SIDE + ":" + SIDE + ":flags=area",
                        "-f",
                        "rawvideo",
                        "-pix_fmt",
                        "rgb24",
                        "-")
                .redirectErrorStream(false)
                .start();
        byte[] raw = ffmpeg.getInputStream().readAllBytes();
        assertThat(ffmpeg.getErrorStream().readAllBytes())
                .as("what ffmpeg says of " + file)
                .isEmpty();
        List<ByteBuffer> pictures = new ArrayList<>();
        int size = SIDE * SIDE * 3;
        for (int at = 0; at < raw.length; at += size) {
            pictures.add(ByteBuffer.wrap(raw, at, size).slice());
        }
        return pictures;
    }

    private static boolean isPresent() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ffmpeg")));
    }

    /** One pixel of a picture as 0xRRGGBB. */
    static int pixel(ByteBuffer picture, int width, int x, int y) {
        int at = 3 * (y * width + x);
        return (picture.get(at) & 0xFF) << 16 | (picture.get(at + 1) & 0xFF) << 8 | (picture.get(at + 2) & 0xFF);
    }

    /** A PNG of one colour. */
    static Path solidPng(Path file, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, rgb);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
