package io.packcache.media.source;

import io.packcache.media.file.PictureReader;
import io.packcache.media.file.VideoReader;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * The pictures of a video file or a live stream, for any Reactive Streams library.
 *
 * <p>Each subscriber has a reader and a thread of its own, both from the first demand on. <b>Demand</b>: what is not asked
 * for is not read; a live sender is then held back by its own connection, or its server drops for it. <b>Order</b>: as
 * shown. <b>Discards</b>: none; each picture is the subscriber's to release. <b>Errors</b>: a source that is absent,
 * damaged, silent for too long, or changes size mid-stream. <b>Cancellation</b>: ends a wait for the next picture at once, and
 * a try to connect within its patience.
 */
public final class VideoPublisher implements Publisher<VideoFrame> {

    /** How a subscriber's reader is opened, on the subscriber's own thread. */
    interface Opening {
        PictureReader open() throws IOException;
    }

    private final Opening opening;

    private VideoPublisher(Opening opening) {
        this.opening = opening;
    }

    /**
     * The pictures of a file.
     *
     * @param pool where pictures take their memory from
     */
    public static VideoPublisher ofFile(Path file, FramePool pool) {
        Objects.requireNonNull(file, "file");
        return new VideoPublisher(() -> new VideoReader(file, pool));
    }

    /**
     * The pictures of a live stream; each subscriber connects anew.
     *
     * @param url {@code rtmp://}, {@code rtmps://}, {@code srt://} or {@code udp://}
     * @param patience most time for connecting, and for a picture to come
     * @param pool where pictures take their memory from
     */
    public static VideoPublisher ofLive(String url, Duration patience, FramePool pool) {
        Objects.requireNonNull(url, "url");
        if (patience.compareTo(Duration.ofMillis(1)) < 0 || patience.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("patience is 1 ms to 1 day, got " + patience);
        }
        return new VideoPublisher(() -> new LiveReader(url, patience, pool));
    }

    @Override
    public void subscribe(Subscriber<? super VideoFrame> subscriber) {
        ReadingSubscription subscription = new ReadingSubscription(opening, Objects.requireNonNull(subscriber));
        subscriber.onSubscribe(subscription);
        subscription.start();
    }
}
