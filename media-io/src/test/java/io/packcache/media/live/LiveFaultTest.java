package io.packcache.media.live;

import static io.packcache.media.live.Broadcast.HASTY;
import static io.packcache.media.live.Broadcast.IMPATIENT;
import static io.packcache.media.live.Broadcast.KEY;
import static io.packcache.media.live.Broadcast.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the network does: the stream is live again or ended within its deadline, nothing is left, nobody else waits. */
class LiveFaultTest {

    @TempDir
    Path folder;

    private final Broadcast broadcast = new Broadcast();

    @AfterEach
    void nothingIsLeft() {
        broadcast.nothingIsLeft();
    }

    @Test
    void whereNobodyListensItEndsWhenItsPatienceDoes() throws Exception {
        LiveSink sink = broadcast.sink(nobody(), IMPATIENT);
        assertThatThrownBy(() -> broadcast.write(sink, 1000))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("gave up the broadcast to rtmp://127.0.0.1:")
                .hasMessageContaining("after 0.3 s")
                .hasMessageContaining("Connection refused")
                .hasMessageNotContaining(KEY);
        assertThatThrownBy(sink::close).isInstanceOf(SinkException.class).hasMessageNotContaining(KEY);
        sink.close();
        assertThat(broadcast.states())
                .startsWith(State.CONNECTING, State.RETRYING, State.CONNECTING)
                .endsWith(State.FAILED)
                .doesNotContain(State.LIVE);
        assertThat(sink.statistics().connections()).isZero();
    }

    @Test
    void aServerThatNeverAnswersCostsAFileBesideItNoPictureAndNoTime() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            besideAFile("rtmp://127.0.0.1:" + mute.getLocalPort() + "/live/" + KEY);
        }
    }

    @Test
    void aNetworkThatSwallowsEveryPacketCostsAFileBesideItNoPictureAndNoTime() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> callers = fill(full);
            besideAFile("rtmp://127.0.0.1:" + full.getLocalPort() + "/live/" + KEY);
            for (Socket caller : callers) {
                caller.close();
            }
        }
    }

    /** Two seconds of pictures to a file and to a broadcast that never begins, from one thread. */
    private void besideAFile(String blackHole) throws IOException {
        int pictures = 50;
        Path file = folder.resolve("film.mp4");
        LiveSettings quick = IMPATIENT.withDeadlines(
                new LiveSettings.Deadlines(Duration.ofMillis(700), Duration.ofMinutes(5), Duration.ofMillis(500)));
        LiveSink live = broadcast.sink(
                blackHole,
                quick.withRetries(
                        new LiveSettings.Retries(Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofMinutes(5))));
        long started = System.nanoTime();
        try (Mp4Sink recording = new Mp4Sink(file, Mp4Settings.DEFAULTS)) {
            for (int i = 0; i < pictures; i++) {
                VideoFrame picture = broadcast.picture(i);
                live.write(picture.retain());
                recording.write(picture);
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .as("the network held nobody up")
                .isLessThan(Duration.ofSeconds(10));
        assertThat(broadcast.reached(State.RETRYING, 2)).isTrue();
        assertThatThrownBy(live::close)
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("ended without a connection");
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
        assertThat(live.statistics().dropped()).isEqualTo(pictures);
        assertThat(broadcast.numbersIn(file)).isEqualTo(range(0, pictures));
    }

    @Test
    void aServerFrozenForTenSecondsIsLiveAgainAndAQuietStreamLosesNothing() throws Exception {
        RtmpServer.mustBePresent();
        Broadcast quiet = new Broadcast();
        Path file = folder.resolve("film.mp4");
        try (RtmpServer server = new RtmpServer(folder).start();
                Mp4Sink recording = new Mp4Sink(file, Mp4Settings.DEFAULTS)) {
            LiveSettings fine = HASTY.withQueue(30)
                    .withCoding(HASTY.coding().withQuality(18).withKeyInterval(Duration.ofMillis(400)));
            LiveSink loudSink = broadcast.sink(server.url("live", KEY), fine);
            LiveSink quietSink = quiet.sink(server.url("live", "quiet"), HASTY);
            Runnable both = () -> writeAll(quiet, loudSink, quietSink, recording);

            repeatUntil(both, () -> broadcast.reached(State.LIVE, 1) && quiet.reached(State.LIVE, 1));
            server.signal("STOP");
            long thaws = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            repeatUntil(both, () -> System.nanoTime() - thaws > 0 && broadcast.reached(State.RETRYING, 1));
            server.signal("CONT");
            repeatUntil(both, () -> broadcast.reached(State.LIVE, 2));
            for (int i = 0; i < 25; i++) {
                both.run();
            }
            loudSink.close();
            quietSink.close();

            LiveStatistics loud = loudSink.statistics();
            assertThat(loud.sent() + loud.dropped()).isEqualTo(broadcast.written());
            assertThat(loud.dropped()).isPositive();
            assertThat(quiet.states()).containsExactly(State.CONNECTING, State.LIVE, State.CLOSED);
            assertThat(quietSink.statistics().sent()).isEqualTo(quiet.written());
            assertThat(quiet.numbersIn(server.recording("quiet"))).isEqualTo(range(0, quiet.written()));
        }
        assertThat(quiet.numbersIn(file)).isEqualTo(range(0, quiet.written()));
        quiet.nothingIsLeft();
    }

    private void writeAll(Broadcast quiet, LiveSink loudSink, LiveSink quietSink, Mp4Sink recording) {
        try {
            loudSink.write(broadcast.nextNoise());
            VideoFrame picture = quiet.nextPicture();
            quietSink.write(picture.retain());
            recording.write(picture);
        } catch (SinkException e) {
            throw new AssertionError("while " + broadcast.states(), e);
        }
    }

    private static void repeatUntil(Runnable work, BooleanSupplier done) {
        long started = System.nanoTime();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime() - started)
                    .isLessThan(Duration.ofSeconds(60).toNanos());
            work.run();
        }
    }

    @Test
    void aServerThatIsKilledAndComesBackIsLiveAgainFromAKeyPictureWithRisingTimes() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            LiveSink sink = broadcast.sink(server.url("live", KEY), HASTY);
            broadcast.writeUntil(sink, State.LIVE, 1);
            server.kill();
            broadcast.writeUntil(sink, State.RETRYING, 1);
            server.start();
            broadcast.writeUntil(sink, State.LIVE, 2);
            broadcast.write(sink, 25);
            sink.close();
            List<Path> recordings = server.recordings();
            risesAndEndsWithTheLastSecond(sink, recordings.subList(recordings.size() - 1, recordings.size()));
        }
    }

    @Test
    void aConnectionResetInTheMiddleOfAGroupGoesOnWithTheNextKeyPicture() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start();
                Relay network = new Relay(server.port())) {
            LiveSink sink = broadcast.sink(
                    "rtmp://127.0.0.1:" + network.port() + "/live/" + KEY,
                    HASTY.withCoding(HASTY.coding().withKeyInterval(Duration.ofMinutes(5))));
            for (int resets = 1; resets <= 3; resets++) {
                broadcast.writeUntil(sink, State.LIVE, resets);
                broadcast.write(sink, 31); // the server names recordings by the second
                network.reset();
                broadcast.writeUntil(sink, State.RETRYING, resets);
            }
            broadcast.writeUntil(sink, State.LIVE, 4);
            broadcast.write(sink, 25);
            sink.close();
            assertThat(sink.statistics().connections()).isEqualTo(4);
            List<Path> recordings = server.recordings();
            assertThat(recordings).hasSize(4);
            risesAndEndsWithTheLastSecond(sink, recordings);
        }
    }

    private void risesAndEndsWithTheLastSecond(LiveSink sink, List<Path> recordings) throws IOException {
        LiveStatistics counts = sink.statistics();
        assertThat(counts.sent() + counts.dropped()).isEqualTo(broadcast.written());
        List<Integer> all = new ArrayList<>();
        for (Path recording : recordings) {
            all.addAll(broadcast.numbersIn(recording));
        }
        assertThat(all).isSorted().doesNotHaveDuplicates();
        assertThat(all)
                .endsWith(range(broadcast.written() - 25, broadcast.written()).toArray(Integer[]::new));
    }

    @Test
    void aRefusedKeyIsNeverLiveAndEndsWhenItsPatienceDoes() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            LiveSink sink = broadcast.sink(server.url("closed", KEY), IMPATIENT);
            assertThatThrownBy(() -> broadcast.write(sink, 1000))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("gave up")
                    .hasMessageNotContaining(KEY);
            assertThatThrownBy(sink::close).isInstanceOf(SinkException.class);
            assertThat(sink.statistics().sent()).isZero();
            assertThat(broadcast.states()).doesNotContain(State.LIVE).endsWith(State.FAILED);
        }
    }

    @Test
    void aServerThatNeverAnswersCannotHoldCloseUp() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            LiveSettings patient = HASTY.withDeadlines(
                    new LiveSettings.Deadlines(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMillis(300)));
            LiveSink sink = broadcast.sink("rtmp://127.0.0.1:" + mute.getLocalPort() + "/live/" + KEY, patient);
            broadcast.write(sink, 5);
            long started = System.nanoTime();
            assertThatThrownBy(sink::close)
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("ended without a connection");
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
            assertThat(sink.statistics().dropped()).isEqualTo(5);
        }
    }

    private static String nobody() throws IOException {
        return "rtmp://127.0.0.1:" + RtmpServer.freePort() + "/live/" + KEY;
    }

    /** Callers that nobody answers, until the kernel ignores further ones. */
    private static List<Socket> fill(ServerSocket server) throws IOException {
        List<Socket> callers = new ArrayList<>();
        while (true) {
            Socket caller = new Socket();
            try {
                caller.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 300);
                callers.add(caller);
            } catch (SocketTimeoutException e) {
                caller.close();
                return callers;
            }
        }
    }
}
