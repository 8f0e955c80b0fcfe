package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** The machine's own ffmpeg as a receiver, and ffprobe as a judge of what was received. */
final class LivePeers {

    private LivePeers() {}

    /** Seconds of audio in a recording; fails if a packet of it holds anything ffprobe finds wrong. */
    static double audioSeconds(Path recording) throws Exception {
        Process probe = new ProcessBuilder(
                        "ffprobe",
                        "-v",
                        "error",
                        "-select_streams",
                        "a",
                        "-show_entries",
                        "packet=duration_time",
                        "-of",
                        "csv=p=0",
                        recording.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(probe.waitFor()).as(said).isZero();
        return said.lines()
                .filter(line -> !line.isBlank())
                .mapToDouble(line -> Double.parseDouble(line.replace(",", "")))
                .sum();
    }

    /** Starts a receiver of MPEG-TS that copies what it gets into a file; skips the test where there is no ffmpeg. */
    static Receiver receive(String scheme, Path recording) throws Exception {
        boolean present = Files.isExecutable(Path.of("/usr/bin/ffmpeg"));
        if (System.getenv("CI") != null) {
            assertThat(present).as("ffmpeg is installed, as CI demands").isTrue();
        }
        Assumptions.assumeTrue(present, "skipped: the command ffmpeg is not installed");
        int port = freePort();
        String listen =
                scheme + "://127.0.0.1:" + port + (scheme.equals("srt") ? "?mode=listener" : "?timeout=2000000");
        Path log = recording.resolveSibling("receiver.log");
        Process process = new ProcessBuilder(
                        "ffmpeg", "-v", "error", "-y", "-i", listen, "-map", "0", "-c", "copy", recording.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> isBound(port));
        return new Receiver(process, scheme + "://127.0.0.1:" + port);
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isBound(int port) throws IOException {
        try (DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            return false;
        } catch (BindException e) {
            return true;
        }
    }

    /** A receiver that ends by itself when the sender does. */
    record Receiver(Process process, String url) implements AutoCloseable {

        boolean isDone() {
            return !process.isAlive();
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }
}
