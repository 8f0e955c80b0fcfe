package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.source.LiveReader;
import io.packcache.media.source.VideoPublisher;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Pictures from a live stream, read from a real server. */
class LiveReaderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final int ASKED = 4;

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @Test
    void picturesOfABroadcastComeAsAskedForInRisingOrderAndACancellationEndsTheWait() throws Exception {
        RtmpServer.mustBePresent();
        try (RtmpServer server = new RtmpServer(folder).start();
                OnAir broadcast = new OnAir(server.url("live", "watched"))) {
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> broadcast.sink.statistics().sent() > 0);
            Viewer viewer = new Viewer();
            VideoPublisher.ofLive(server.url("live", "watched"), PATIENCE, pool).subscribe(viewer);
            Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> viewer.seen() >= ASKED);
            assertThat(viewer.failure).isNull();
            assertThat(viewer.times).hasSize(ASKED).isSorted().doesNotHaveDuplicates();

            viewer.subscription.request(Long.MAX_VALUE);
            viewer.subscription.cancel();
            Awaitility.await().atMost(2, TimeUnit.SECONDS).until(() -> readers() == 0);
        }
        assertThat(pool.live()).isZero();
    }

    @Test
    void aServerThatNeverAnswersEndsInAnErrorWithinPatienceAndWithoutTheKey() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "rtmp://127.0.0.1:" + silent.getLocalPort() + "/live/sesame";
            assertThatThrownBy(() -> new LiveReader(url, Duration.ofMillis(300), pool))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("no live video came from rtmp://127.0.0.1:" + silent.getLocalPort() + ": ")
                    .hasMessageNotContaining("sesame");
        }
    }

    @Test
    void anAddressThatIsNoLiveStreamIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> new LiveReader("http://host/sesame", PATIENCE, pool))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("sesame");
    }

    private static long readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("packcache-source-"))
                .count();
    }

    /** A broadcast that goes on until it is closed; the sink keeps the pace. */
    private final class OnAir implements AutoCloseable {
        private final LiveSink sink;
        private final Thread thread;
        private volatile boolean over;

        OnAir(String url) throws SinkException {
            sink = new LiveSink(
                    url,
                    LiveSettings.DEFAULTS.withCoding(
                            LiveSettings.DEFAULTS.coding().withKeyInterval(Duration.ofMillis(500))),
                    LiveListener.NONE);
            thread = new Thread(this::run);
            thread.start();
        }

        private void run() {
            try {
                for (int i = 0; !over; i++) {
                    sink.write(pool.take(64, 64, i, new TimeBase(1, 24)));
                }
            } catch (SinkException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws Exception {
            over = true;
            thread.join();
            sink.close();
        }
    }

    private static final class Viewer implements Subscriber<VideoFrame> {
        private final List<Long> times = new CopyOnWriteArrayList<>();
        private volatile Subscription subscription;
        private volatile Throwable failure;

        int seen() {
            return failure == null ? times.size() : ASKED;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            given.request(ASKED);
        }

        @Override
        public void onNext(VideoFrame picture) {
            times.add(picture.pts());
            picture.release();
        }

        @Override
        public void onError(Throwable cause) {
            failure = cause;
        }

        @Override
        public void onComplete() {
            failure = new IllegalStateException("the broadcast ended");
        }
    }
}
