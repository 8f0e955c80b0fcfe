package io.packcache.media.live;

import io.packcache.stream.spec.SettingException;
import java.time.Duration;
import java.util.Objects;

/**
 * How a broadcast behaves. {@link #DEFAULTS} suits public services; each {@code withX} is a copy with one part changed.
 *
 * @param coding how pictures are coded
 * @param deadlines most time for each thing the network does
 * @param retries when a lost connection is tried again, and for how long
 * @param queue coded pictures that may wait for the network, 1 to 10,000; default 120. Where one more comes, the oldest
 *     group of pictures leaves, up to the next key picture
 */
public record LiveSettings(Coding coding, Deadlines deadlines, Retries retries, int queue) {

    private static final int LONGEST_QUEUE = 10_000;

    /** Defaults for public services. */
    public static final LiveSettings DEFAULTS = new LiveSettings(
            new Coding(23, 0, 0, Duration.ofSeconds(2), false),
            new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5)),
            new Retries(Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofMinutes(2)),
            120);

    public LiveSettings {
        Objects.requireNonNull(coding, "coding");
        Objects.requireNonNull(deadlines, "deadlines");
        Objects.requireNonNull(retries, "retries");
        SettingException.requireBetween("queue", queue, 1, LONGEST_QUEUE);
    }

    public LiveSettings withCoding(Coding value) {
        return new LiveSettings(value, deadlines, retries, queue);
    }

    public LiveSettings withDeadlines(Deadlines value) {
        return new LiveSettings(coding, value, retries, queue);
    }

    public LiveSettings withRetries(Retries value) {
        return new LiveSettings(coding, deadlines, value, queue);
    }

    public LiveSettings withQueue(int value) {
        return new LiveSettings(coding, deadlines, retries, value);
    }

    /**
     * How pictures are coded: H.264 without delay.
     *
     * @param quality quantiser scale, 1 (best) to 51; default 23
     * @param width pixels in a row of the broadcast, or 0 for those of the pictures (the default); scaled by nearest
     *     neighbour
     * @param height rows of the broadcast, 0 together with {@code width}
     * @param keyInterval most time from one key picture to the next, which a new viewer waits; default 2 s
     * @param silentAudio whether a silent stereo AAC track is sent along, which many services demand; default no
     */
    public record Coding(int quality, int width, int height, Duration keyInterval, boolean silentAudio) {

        private static final int MOST_PIXELS = 8192;

        public Coding {
            SettingException.requireBetween("quality", quality, 1, 51);
            if ((width == 0) != (height == 0)
                    || width < 0
                    || height < 0
                    || width > MOST_PIXELS
                    || height > MOST_PIXELS) {
                throw new SettingException(
                        "width",
                        "width and height are at most " + MOST_PIXELS
                                + " pixels, or both 0 for those of the pictures, got " + width + " x " + height);
            }
            check("keyInterval", keyInterval);
        }

        public Coding withQuality(int value) {
            return new Coding(value, width, height, keyInterval, silentAudio);
        }

        public Coding withSize(int newWidth, int newHeight) {
            return new Coding(quality, newWidth, newHeight, keyInterval, silentAudio);
        }

        public Coding withKeyInterval(Duration value) {
            return new Coding(quality, width, height, value, silentAudio);
        }

        public Coding withSilentAudio(boolean value) {
            return new Coding(quality, width, height, keyInterval, value);
        }
    }

    /**
     * Most time for each thing the network does, 1 ms to 1 day.
     *
     * @param connect for one try to connect; default 5 s
     * @param write for one picture to be sent before the connection counts as dead; default 5 s
     * @param close for closing, in which what waits is still sent; default 5 s
     */
    public record Deadlines(Duration connect, Duration write, Duration close) {

        public Deadlines {
            check("connect", connect);
            check("write", write);
            check("close", close);
        }
    }

    /**
     * When a lost connection is tried again, 1 ms to 1 day each.
     *
     * @param first wait before the first new try, doubled for each further one, less up to half by chance; default 500 ms
     * @param most longest wait between two tries; default 10 s
     * @param giveUpAfter time without a connection after which the broadcast has failed; default 2 min
     */
    public record Retries(Duration first, Duration most, Duration giveUpAfter) {

        public Retries {
            check("first", first);
            check("most", most);
            check("giveUpAfter", giveUpAfter);
        }
    }

    private static void check(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new SettingException(name, name + " is 1 ms to 1 day, got " + value);
        }
    }
}
