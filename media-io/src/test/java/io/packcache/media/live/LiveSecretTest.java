package io.packcache.media.live;

import static io.packcache.media.live.Broadcast.IMPATIENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a process prints that logs everything, FFmpeg's own debug lines included. */
class LiveSecretTest {

    private static final String KEY = "h1dden-key?token=als0-hidden";

    @TempDir
    Path folder;

    /** The process: one broadcast to each address, every failure printed with its trace. */
    static final class Subject {

        public static void main(String[] urls) {
            for (String url : urls) {
                Broadcast broadcast = new Broadcast();
                try (LiveSink sink = new LiveSink(url, IMPATIENT, broadcast)) {
                    broadcast.write(sink, 25);
                    System.out.println("sent to " + sink + ", " + sink.statistics());
                } catch (SinkException e) {
                    LoggerFactory.getLogger(Subject.class).error("failed", e);
                }
            }
        }
    }

    @Test
    void noLogLineAndNoTraceHoldsAnyPartOfAKey() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            Process subject = ChildJvm.of(
                            Subject.class,
                            List.of("-Xmx128m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace"),
                            server.url("live", KEY),
                            server.url("closed", KEY),
                            "rtmp://127.0.0.1:" + RtmpServer.freePort() + "/live/" + KEY,
                            "srt://127.0.0.1:" + RtmpServer.freePort() + "?streamid=h1dden-key&passphrase=als0-hidden")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(subject.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(subject.waitFor()).isZero();
            assertThat(said)
                    .as("FFmpeg's own words, which would name the key")
                    .contains("Sending publish command for '***'")
                    .contains("path = /live/***, app = live, fname = ***")
                    .contains("sent to")
                    .contains("gave up the broadcast to rtmp://127.0.0.1")
                    .contains("gave up the broadcast to srt://127.0.0.1");
            assertThat(said).doesNotContain("h1dden").doesNotContain("als0");
        }
    }
}
