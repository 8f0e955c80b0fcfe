package io.packcache.examples.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The {@code ffmpeg} command reading raw pictures from a pipe, as one would use it from a program.
 *
 * @param program the command
 * @param input what it is told of the pictures
 * @param output what it is told of the file
 * @param pictures the raw pictures by number
 */
record FfmpegPipe(Path program, List<String> input, List<String> output, IntFunction<byte[]> pictures) {

    /** What a pipe holds on Linux; more at once would only be copied twice. */
    private static final int PIECE = 1 << 16;

    /** Starts the command, hands it so many pictures and waits for its end. */
    void run(int count) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(program.toString(), "-y", "-nostdin", "-loglevel", "error", "-f", "rawvideo"));
        command.addAll(input);
        command.addAll(List.of("-i", "pipe:0"));
        command.addAll(output);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream pipe = process.getOutputStream()) {
                for (int i = 0; i < count; i++) {
                    write(pictures.apply(i), pipe);
                }
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("ffmpeg ended with " + code + ": " + String.join(" ", command));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while ffmpeg ran"));
        }
    }

    private static void write(byte[] picture, OutputStream pipe) throws IOException {
        for (int at = 0; at < picture.length; at += PIECE) {
            pipe.write(picture, at, Math.min(PIECE, picture.length - at));
        }
    }
}
