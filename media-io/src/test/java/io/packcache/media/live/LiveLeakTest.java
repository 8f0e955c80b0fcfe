package io.packcache.media.live;

import static io.packcache.media.live.Broadcast.IMPATIENT;
import static io.packcache.media.live.Broadcast.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.ChildJvm;
import io.packcache.stream.testkit.ProcessStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Broadcasts that fail, one after the other, and one that goes on and on: each in a process of its own whose memory is not
 * the tests'.
 */
class LiveLeakTest {

    private static final int WARM = 12;
    private static final int MEASURED = 30;

    private static final int A_SECOND = 1000;

    /** Pictures of each half of the long broadcast, the first of which warms up; a KiB kept of every second one is too much. */
    private static final int HALF = 6000;

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
    }

    /** The other process: a broadcast of a thousand pictures a second, so that hours pass in seconds. */
    static final class LongSubject {

        public static void main(String[] arguments) throws Exception {
            FramePool pool = new FramePool();
            LiveSettings settings = LiveSettings.DEFAULTS
                    .withQueue(A_SECOND)
                    .withCoding(LiveSettings.DEFAULTS.coding().withSilentAudio(true));
            String url = "rtmp://127.0.0.1:" + arguments[0] + "/live/" + KEY;
            try (LiveSink sink = new LiveSink(url, settings, LiveListener.NONE)) {
                for (int i = 0; i < 2 * HALF; i++) {
                    if (i == HALF) {
                        report();
                    }
                    VideoFrame picture = pool.take(64, 64, i, TimeBase.ofFramesPerSecond(A_SECOND));
                    Arrays.fill(picture.rgb(), (byte) i);
                    sink.write(picture);
                }
                report();
            }
        }
    }

    private static void report() throws IOException {
        System.out.println(ProcessStatus.residentKib() + " " + ProcessStatus.threads());
    }

    @Test
    void manyBroadcastsThatFailLeaveNoNativeMemoryAndNoThread() throws Exception {
        long[] held = held(Subject.class);
        assertThat(held[2] - held[0]).as("KiB kept by %d broadcasts", MEASURED).isLessThan(12_000);
        assertThat(held[3] - held[1]).as("threads kept").isLessThan(5);
    }

    @Test
    void aBroadcastOfThousandsOfPicturesKeepsNoMemoryOfThem() throws Exception {
        long[] held = held(LongSubject.class);
        assertThat(held[2] - held[0]).as("KiB kept of %d pictures", HALF).isLessThan(HALF / 2);
        assertThat(held[3] - held[1]).as("threads").isLessThan(5);
    }

    /** Resident KiB and threads of a process, once warm and at its end. */
    private long[] held(Class<?> main) throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            Process subject = ChildJvm.of(main, FIXED_HEAP, Integer.toString(server.port()))
                    .redirectError(folder.resolve("subject.log").toFile())
                    .start();
            String said = new String(subject.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(subject.waitFor())
                    .as(Files.readString(folder.resolve("subject.log")))
                    .isZero();
            return said.lines()
                    .flatMap(line -> List.of(line.split(" ")).stream())
                    .mapToLong(Long::parseLong)
                    .toArray();
        }
    }
}
