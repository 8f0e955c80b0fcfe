package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.media.file.VideoReader;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** What the tests of broadcasts share: numbered pictures, a record of what the listener was told, and the last look. */
final class Broadcast implements LiveListener {

    static final String KEY = "s3cr3t-key";
    static final TimeBase TWENTY_FIVE = TimeBase.ofFramesPerSecond(25);

    /** Quick to notice a fault and to try again. */
    static final LiveSettings HASTY = LiveSettings.DEFAULTS
            .withDeadlines(
                    new LiveSettings.Deadlines(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2)))
            .withRetries(
                    new LiveSettings.Retries(Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofSeconds(30)));

    /** Gives up almost at once. */
    static final LiveSettings IMPATIENT = HASTY.withRetries(
            new LiveSettings.Retries(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(300)));

    private static final Duration MOST = Duration.ofSeconds(60);

    final FramePool pool = new FramePool();
    private final Queue<State> states = new ConcurrentLinkedQueue<>();
    private final Queue<String> details = new ConcurrentLinkedQueue<>();
    private final List<LiveSink> sinks = new ArrayList<>();
    private int next;

    /** A sink that tells this listener, and that {@link #nothingIsLeft} closes where its test has failed before it did. */
    LiveSink sink(String url, LiveSettings settings) throws SinkException {
        LiveSink sink = new LiveSink(url, settings, this);
        sinks.add(sink);
        return sink;
    }

    @Override
    public void changed(State state, int attempt, String detail) {
        states.add(state);
        details.add(state + " " + attempt + ": " + detail);
    }

    List<State> states() {
        return List.copyOf(states);
    }

    /** Pictures written so far. */
    int written() {
        return next;
    }

    /** Writes so many numbered pictures. */
    void write(LiveSink sink, int pictures) throws SinkException {
        for (int i = 0; i < pictures; i++) {
            sink.write(nextPicture());
        }
    }

    /** The next numbered picture, to be written by the caller. */
    VideoFrame nextPicture() {
        return picture(next++);
    }

    /** The next picture, one that is much to send, so that a server that reads nothing is soon noticed. */
    VideoFrame nextNoise() {
        return noise(next++);
    }

    /** Writes numbered pictures until the state was reached that many times. */
    void writeUntil(LiveSink sink, State state, int times) throws SinkException {
        long started = System.nanoTime();
        while (!reached(state, times)) {
            assertThat(System.nanoTime() - started).as("after %s", details).isLessThan(MOST.toNanos());
            sink.write(nextPicture());
        }
    }

    /** Whether the listener was told of the state that many times. */
    boolean reached(State state, int times) {
        return states.stream().filter(seen -> seen == state).count() >= times;
    }

    /** Every picture was released, no thread is left, and the listener was never told the key. */
    void nothingIsLeft() {
        sinks.forEach(Broadcast::closeIfOpen);
        assertThat(pool.live()).as("pictures not released").isZero();
        // A busy machine may let a call come back a moment after it was told to, which is what abandoning it is for.
        Awaitility.await()
                .atMost(MOST)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("packcache-live")));
        assertThat(details).noneMatch(detail -> detail.contains(KEY));
    }

    /** So that a test that fails does not make those after it fail as well. */
    private static void closeIfOpen(LiveSink sink) {
        try {
            sink.close();
        } catch (SinkException e) {
            // Its test closed it, or has failed.
        }
    }

    /** A black and white picture that shows its number in 16 bars. */
    VideoFrame picture(int number) {
        VideoFrame picture = pool.take(64, 64, number, TWENTY_FIVE);
        byte[] rgb = picture.rgb();
        for (int at = 0; at < rgb.length; at++) {
            rgb[at] = (byte) (255 * (number >> (at / 3 % 64 / 4) & 1));
        }
        return picture;
    }

    /** A picture of another size than the others, full of noise. */
    VideoFrame noise(int number) {
        VideoFrame picture = pool.take(320, 240, number, TWENTY_FIVE);
        new Random(number).nextBytes(picture.rgb());
        return picture;
    }

    /** The numbers that the pictures of a recording show. */
    List<Integer> numbersIn(Path recording) throws IOException {
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

    static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
