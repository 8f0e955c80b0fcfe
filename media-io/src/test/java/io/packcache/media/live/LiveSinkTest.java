package io.packcache.media.live;

import static io.packcache.media.live.Broadcast.HASTY;
import static io.packcache.media.live.Broadcast.KEY;
import static io.packcache.media.live.Broadcast.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broadcast while all is well. */
class LiveSinkTest {

    @TempDir
    Path folder;

    private final Broadcast broadcast = new Broadcast();

    @AfterEach
    void nothingIsLeft() {
        broadcast.nothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsSentAtFullSpeedArrivesPacedAndComplete(boolean silentAudio) throws Exception {
        RtmpServer.mustBePresent();
        LiveSettings settings = HASTY.withCoding(HASTY.coding().withSilentAudio(silentAudio));
        try (RtmpServer server = new RtmpServer(folder).start()) {
            long started = System.nanoTime();
            LiveSink sink = broadcast.sink(server.url("live", KEY), settings);
            broadcast.write(sink, 50);
            double seconds = (System.nanoTime() - started) / 1e9;
            sink.close();
            assertThat(seconds).as("the 50th picture is due after 49/25 s").isGreaterThan(1.95);
            assertThat(sink.statistics())
                    .isEqualTo(new LiveStatistics(50, 0, 0, sink.statistics().bytes(), 1, 49, 0));
            assertThat(broadcast.states()).containsExactly(State.CONNECTING, State.LIVE, State.CLOSED);

            Path recording = server.recordings().get(0);
            assertThat(broadcast.numbersIn(recording)).isEqualTo(range(0, 50));
            assertThat(LivePeers.audioSeconds(recording)).isBetween(silentAudio ? 1.8 : 0.0, silentAudio ? 2.1 : 0.0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"srt", "udp"})
    void mpegTsArrivesCompleteFromItsFirstPictureOn(String scheme) throws Exception {
        Path recording = folder.resolve("received.ts");
        try (LivePeers.Receiver receiver = LivePeers.receive(scheme, recording)) {
            LiveSettings settings = HASTY.withCoding(HASTY.coding().withSilentAudio(true));
            LiveSink sink = broadcast.sink(receiver.url(), settings);
            broadcast.write(sink, 50);
            sink.close();
            assertThat(sink.statistics().sent()).isEqualTo(50);
            Awaitility.await().atMost(20, TimeUnit.SECONDS).until(receiver::isDone);
        }
        assertThat(broadcast.numbersIn(recording)).isEqualTo(range(0, 50));
        assertThat(LivePeers.audioSeconds(recording)).isGreaterThan(1.5);
    }

    @Test
    void closedWithoutAPictureItNeverConnects() throws Exception {
        LiveSink sink = broadcast.sink("rtmp://127.0.0.1:1/live/" + KEY, HASTY);
        sink.close();
        sink.close();
        assertThat(broadcast.states()).containsExactly(State.CLOSED);
        assertThatThrownBy(() -> broadcast.write(sink, 1)).hasMessageContaining("is closed");
    }

    @Test
    void aPictureOfAnotherSizeIsRefusedAndTheSinkWithIt() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            LiveSink sink = broadcast.sink(server.url("live", KEY), HASTY);
            broadcast.write(sink, 1);
            assertThatThrownBy(() -> sink.write(broadcast.noise(1)))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("began with 64 x 64 at")
                    .hasMessageContaining("a picture has 320 x 240");
            assertThatThrownBy(() -> broadcast.write(sink, 1)).hasMessageContaining("failed before");
            sink.close();
            // The server may still be reading what was sent before the end.
            Awaitility.await()
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    broadcast.numbersIn(server.recordings().get(0)))
                            .containsExactly(0));
        }
    }

    @Test
    void timesThatMillisecondsCannotTellApartAreRefused() throws Exception {
        LiveSink sink = broadcast.sink("rtmp://127.0.0.1:1/live/" + KEY, HASTY);
        VideoFrame picture = broadcast.pool.take(64, 64, 0, new TimeBase(1, 90_000));
        assertThatThrownBy(() -> sink.write(picture)).hasMessageContaining("count milliseconds");
        sink.close();
    }

    @Test
    void closeEndsAWriteThatWaitsForItsTime() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start()) {
            LiveSink sink = broadcast.sink(server.url("live", KEY), HASTY);
            broadcast.write(sink, 1);
            VideoFrame inHalfAnHour = broadcast.pool.take(64, 64, 25 * 1800, Broadcast.TWENTY_FIVE);
            Thread writer = new Thread(
                    () -> assertThatThrownBy(() -> sink.write(inHalfAnHour)).hasMessageContaining("is closed"));
            writer.start();
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> writer.getState() == Thread.State.TIMED_WAITING);
            sink.close();
            writer.join(20_000);
            assertThat(writer.isAlive()).isFalse();
        }
    }
}
