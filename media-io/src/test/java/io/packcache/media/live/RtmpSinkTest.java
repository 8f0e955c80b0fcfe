package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.file.VideoReader;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RtmpSinkTest {

    private static final TimeBase TWENTY_FIVE = TimeBase.ofFramesPerSecond(25);
    private static final String KEY = "s3cr3t-key";

    private static final RtmpSettings HASTY = RtmpSettings.DEFAULTS
            .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2))
            .withRetries(Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofSeconds(30))
            .withQueue(5);

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();
    private final Queue<State> states = new ConcurrentLinkedQueue<>();
    private final Queue<String> details = new ConcurrentLinkedQueue<>();

    @AfterEach
    void everyPictureWasReleasedAndNoThreadOrKeyIsLeft() {
        assertThat(pool.live()).isZero();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("packcache-live"));
        assertThat(details).noneMatch(detail -> detail.contains(KEY));
    }

    @Test
    void whatIsSentAtFullSpeedArrivesPacedAndComplete() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            long started = System.nanoTime();
            RtmpSink sink = new RtmpSink(server.url("live", KEY), HASTY, this::note);
            for (int i = 0; i < 50; i++) {
                sink.write(picture(i));
            }
            sink.close();
            double seconds = (System.nanoTime() - started) / 1e9;
            assertThat(seconds).as("2 s of pictures take 2 s").isGreaterThan(1.9);
            assertThat(sink.sent()).isEqualTo(50);
            assertThat(sink.dropped()).isZero();
            assertThat(states).containsExactly(State.CONNECTING, State.LIVE, State.CLOSED);

            assertThat(numbersIn(server.recordings().get(0))).isEqualTo(range(0, 50));
        }
    }

    @Test
    void aServerThatIsKilledAndComesBackIsLiveAgainWithRisingTimes() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            RtmpSink sink = new RtmpSink(server.url("live", KEY), HASTY, this::note);
            int next = writeUntil(sink, 0, State.LIVE, 1);
            server.kill();
            next = writeUntil(sink, next, State.RETRYING, 1);
            server.start();
            next = writeUntil(sink, next, State.LIVE, 2);
            for (int end = next + 25; next < end; next++) {
                sink.write(picture(next));
            }
            sink.close();
            assertThat(sink.sent() + sink.dropped()).isEqualTo(next);
            List<Path> recordings = server.recordings();
            List<Integer> second = numbersIn(recordings.get(recordings.size() - 1));
            assertThat(second).hasSizeGreaterThanOrEqualTo(25).last().isEqualTo(next - 1);
            assertThat(second).isSorted();
        }
    }

    @Test
    void aFrozenServerCostsAtMostTheWriteTimeoutAndIsLiveAgainWhenItThaws() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            RtmpSink sink = new RtmpSink(server.url("live", KEY), HASTY.withQuality(18), this::note);
            int next = writeUntil(sink, this::noise, 0, State.LIVE, 1);
            server.signal("STOP");
            next = writeUntil(sink, this::noise, next, State.RETRYING, 1);
            server.signal("CONT");
            writeUntil(sink, this::noise, next, State.LIVE, 2);
            sink.close();
        }
    }

    @Test
    void whereNobodyListensItEndsWhenItsPatienceDoes() throws Exception {
        RtmpSettings impatient =
                HASTY.withRetries(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(300));
        String url = "rtmp://127.0.0.1:" + RtmpServer.freePort() + "/live/" + KEY;
        RtmpSink sink = new RtmpSink(url, impatient, this::note);
        assertThatThrownBy(() -> {
                    for (int i = 0; true; i++) {
                        sink.write(picture(i));
                    }
                })
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("gave up the broadcast to rtmp://127.0.0.1:")
                .hasMessageContaining("Connection refused")
                .hasMessageNotContaining(KEY);
        assertThatThrownBy(sink::close).isInstanceOf(SinkException.class).hasMessageNotContaining(KEY);
        sink.close();
        assertThat(states).contains(State.RETRYING).endsWith(State.FAILED);
    }

    @Test
    void aServerThatNeverAnswersCannotHoldCloseUp() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            RtmpSettings patient =
                    HASTY.withTimeouts(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMillis(500));
            String url = "rtmp://127.0.0.1:" + mute.getLocalPort() + "/live/" + KEY;
            RtmpSink sink = new RtmpSink(url, patient, this::note);
            for (int i = 0; i < 5; i++) {
                sink.write(picture(i));
            }
            long started = System.nanoTime();
            assertThatThrownBy(sink::close)
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("ended without a connection");
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
            assertThat(sink.dropped()).isEqualTo(5);
        }
    }

    @Test
    void aRefusedKeyIsTriedAgainAndTheKeyNeverShown() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            RtmpSettings impatient =
                    HASTY.withRetries(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(300));
            RtmpSink sink = new RtmpSink(server.url("closed", KEY), impatient, this::note);
            assertThatThrownBy(() -> {
                        for (int i = 0; true; i++) {
                            sink.write(picture(i));
                        }
                    })
                    .isInstanceOf(SinkException.class)
                    .hasMessageNotContaining(KEY);
            assertThatThrownBy(sink::close).isInstanceOf(SinkException.class);
        }
    }

    @Test
    void closedWithoutAPictureItNeverConnects() throws Exception {
        RtmpSink sink = new RtmpSink("rtmp://127.0.0.1:1/live/" + KEY, HASTY, this::note);
        sink.close();
        sink.close();
        assertThat(states).containsExactly(State.CLOSED);
        assertThatThrownBy(() -> sink.write(picture(0))).hasMessageContaining("is closed");
    }

    @Test
    void manySinksOneAfterTheOtherLeaveNothingBehind() throws Exception {
        RtmpSettings impatient = HASTY.withTimeouts(
                        Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofMillis(200))
                .withRetries(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1));
        String url = "rtmp://127.0.0.1:" + RtmpServer.freePort() + "/live/" + KEY;
        for (int i = 0; i < 40; i++) {
            RtmpSink sink = new RtmpSink(url, impatient, this::note);
            sink.write(picture(i));
            assertThatThrownBy(sink::close).isInstanceOf(SinkException.class);
        }
    }

    private int writeUntil(RtmpSink sink, int from, State state, int times) {
        return writeUntil(sink, this::picture, from, state, times);
    }

    /** Writes pictures until the state was reached that many times; returns the next picture's number. */
    private int writeUntil(RtmpSink sink, IntFunction<VideoFrame> pictures, int from, State state, int times) {
        int[] next = {from};
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    sink.write(pictures.apply(next[0]++));
                    return states.stream().filter(seen -> seen == state).count() >= times;
                });
        return next[0];
    }

    private void note(State state, int attempt, String detail) {
        states.add(state);
        details.add(detail);
    }

    /** Much to send, so that a server that reads nothing is soon noticed. */
    private VideoFrame noise(int number) {
        VideoFrame picture = pool.take(320, 240, number, TWENTY_FIVE);
        new Random(number).nextBytes(picture.rgb());
        return picture;
    }

    private VideoFrame picture(int number) {
        VideoFrame picture = pool.take(64, 64, number, TWENTY_FIVE);
        byte[] rgb = picture.rgb();
        for (int at = 0; at < rgb.length; at += 3) {
            int bit = number >> (at / 3 % 64 / 4) & 1;
            rgb[at] = (byte) (255 * bit);
            rgb[at + 1] = (byte) (255 * bit);
            rgb[at + 2] = (byte) (255 * bit);
        }
        return picture;
    }

    private List<Integer> numbersIn(Path recording) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (VideoReader reader = new VideoReader(recording, pool)) {
            for (VideoFrame picture = reader.read(); picture != null; picture = reader.read()) {
                int number = 0;
                for (int bit = 0; bit < 16; bit++) {
                    number |= (picture.rgb()[3 * (32 * 64 + bit * 4 + 2)] & 255) > 128 ? 1 << bit : 0;
                }
                numbers.add(number);
                picture.release();
            }
        }
        return numbers;
    }

    private static List<Integer> range(int from, int to) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add(i);
        }
        return numbers;
    }
}
