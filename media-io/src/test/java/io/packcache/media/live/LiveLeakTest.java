package io.packcache.media.live;

import static io.packcache.media.live.Broadcast.IMPATIENT;
import static io.packcache.media.live.Broadcast.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.media.ChildJvm;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Broadcasts that fail, one after the other, in a process of their own whose memory is not the tests'. */
class LiveLeakTest {

    private static final int WARM = 12;
    private static final int MEASURED = 30;

    /** So that what grows is not Java's own. */
    private static final List<String> FIXED_HEAP =
            List.of("-Xms48m", "-Xmx48m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @TempDir
    Path folder;

    /** The process: prints what it holds, in KiB and threads, once warm and at the end. */
    static final class Subject {

        public static void main(String[] arguments) throws Exception {
            try (Relay network = new Relay(Integer.parseInt(arguments[0]))) {
                List<String> urls = List.of(
                        "rtmp://127.0.0.1:" + RtmpServer.freePort() + "/live/" + KEY,
                        "rtmp://127.0.0.1:" + arguments[0] + "/closed/" + KEY,
                        "rtmp://127.0.0.1:" + network.port() + "/live/" + KEY);
                for (int i = 0; i < WARM + MEASURED; i++) {
                    if (i == WARM) {
                        report();
                    }
                    fail(urls.get(i % urls.size()), network);
                }
                report();
            }
        }

        /** One broadcast at 1280 x 720, so that what it forgets is seen, with the network cut in between. */
        private static void fail(String url, Relay network) throws IOException {
            Broadcast broadcast = new Broadcast();
            LiveSettings brief = IMPATIENT
                    .withCoding(IMPATIENT.coding().withSize(1280, 720).withSilentAudio(true))
                    .withRetries(new LiveSettings.Retries(
                            Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofMillis(15)));
            LiveSink sink = new LiveSink(url, brief, broadcast);
            try {
                broadcast.write(sink, 6);
                network.reset();
                broadcast.write(sink, 2);
            } catch (SinkException e) {
                System.err.println(e.getMessage());
            }
            try {
                sink.close();
            } catch (SinkException e) {
                System.err.println(e.getMessage());
            }
        }

        private static void report() throws IOException {
            System.out.println(status("VmRSS") + " " + status("Threads"));
        }

        /** A number from the kernel's report on this process. */
        private static long status(String name) throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void manyBroadcastsThatFailLeaveNoNativeMemoryAndNoThread() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            Process subject = ChildJvm.of(Subject.class, FIXED_HEAP, Integer.toString(server.port()))
                    .redirectError(folder.resolve("subject.log").toFile())
                    .start();
            String said = new String(subject.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(subject.waitFor())
                    .as(Files.readString(folder.resolve("subject.log")))
                    .isZero();
            long[] held = said.lines()
                    .flatMap(line -> List.of(line.split(" ")).stream())
                    .mapToLong(Long::parseLong)
                    .toArray();
            assertThat(held[2] - held[0])
                    .as("KiB kept by %d broadcasts", MEASURED)
                    .isLessThan(12_000);
            assertThat(held[3] - held[1]).as("threads kept").isLessThan(5);
        }
    }
}
