package io.packcache.media.live;

import java.time.Duration;

/**
 * How a broadcast behaves. {@link #DEFAULTS} suits public services; each {@code withX} is a copy with one thing changed.
 *
 * @param quality quantiser scale of H.264, 1 (best) to 51; default 23
 * @param width pixels in a row of the broadcast, or 0 for those of the pictures (the default); scaled by nearest neighbour
 * @param height rows of the broadcast, 0 together with {@code width}
 * @param keyInterval most time from one key picture to the next, which a new viewer waits; default 2 s
 * @param connectTimeout most time for one try to connect; default 5 s
 * @param writeTimeout most time for one picture to be sent before the connection counts as dead; default 5 s
 * @param closeTimeout most time that closing may take; default 5 s
 * @param firstRetry wait before the first new try, doubled for each further one, less up to half by chance; default 500 ms
 * @param lastRetry most wait between two tries; default 10 s
 * @param giveUpAfter time without a connection after which the broadcast has failed; default 2 min
 * @param queue pictures that may wait to be sent, at least 1; default 24
 */
public record RtmpSettings(
        int quality,
        int width,
        int height,
        Duration keyInterval,
        Duration connectTimeout,
        Duration writeTimeout,
        Duration closeTimeout,
        Duration firstRetry,
        Duration lastRetry,
        Duration giveUpAfter,
        int queue) {

    /** Defaults for public services. */
    public static final RtmpSettings DEFAULTS = new RtmpSettings(
            23,
            0,
            0,
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            Duration.ofMinutes(2),
            24);

    public RtmpSettings {
        if (quality < 1 || quality > 51) {
            throw new IllegalArgumentException("quality is 1 (best) to 51, got " + quality);
        }
        if ((width == 0) != (height == 0) || width < 0 || height < 0 || width > 8192 || height > 8192) {
            throw new IllegalArgumentException(
                    "size is at most 8192 x 8192 pixels, or 0 x 0 for that of the pictures, got " + width + " x "
                            + height);
        }
        if (queue < 1) {
            throw new IllegalArgumentException("queue is at least 1 picture, got " + queue);
        }
        positive("key interval", keyInterval);
        positive("connect timeout", connectTimeout);
        positive("write timeout", writeTimeout);
        positive("close timeout", closeTimeout);
        positive("first retry", firstRetry);
        positive("last retry", lastRetry);
        positive("give up after", giveUpAfter);
    }

    private static void positive(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(name + " is 1 ms to 1 day, got " + value);
        }
    }

    public RtmpSettings withQuality(int value) {
        return new RtmpSettings(
                value,
                width,
                height,
                keyInterval,
                connectTimeout,
                writeTimeout,
                closeTimeout,
                firstRetry,
                lastRetry,
                giveUpAfter,
                queue);
    }

    public RtmpSettings withSize(int newWidth, int newHeight) {
        return new RtmpSettings(
                quality,
                newWidth,
                newHeight,
                keyInterval,
                connectTimeout,
                writeTimeout,
                closeTimeout,
                firstRetry,
                lastRetry,
                giveUpAfter,
                queue);
    }

    public RtmpSettings withTimeouts(Duration connect, Duration write, Duration close) {
        return new RtmpSettings(
                quality, width, height, keyInterval, connect, write, close, firstRetry, lastRetry, giveUpAfter, queue);
    }

    public RtmpSettings withRetries(Duration first, Duration last, Duration giveUp) {
        return new RtmpSettings(
                quality,
                width,
                height,
                keyInterval,
                connectTimeout,
                writeTimeout,
                closeTimeout,
                first,
                last,
                giveUp,
                queue);
    }

    public RtmpSettings withQueue(int value) {
        return new RtmpSettings(
                quality,
                width,
                height,
                keyInterval,
                connectTimeout,
                writeTimeout,
                closeTimeout,
                firstRetry,
                lastRetry,
                giveUpAfter,
                value);
    }
}
