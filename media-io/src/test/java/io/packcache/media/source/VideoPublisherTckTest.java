package io.packcache.media.source;

import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** The Reactive Streams rules for publishers, as the standard's own kit checks them, on films of so many pictures. */
@Test
public class VideoPublisherTckTest extends PublisherVerification<VideoFrame> {

    private static final long PATIENCE_MILLIS = 3000;
    private static final long SILENCE_MILLIS = 100;
    private static final long LONGEST_FILM = 60;

    private final FramePool pool = new FramePool();
    private final Path folder;

    public VideoPublisherTckTest() throws IOException {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS), PATIENCE_MILLIS);
        folder = Files.createTempDirectory("films");
    }

    @Override
    public long maxElementsFromPublisher() {
        return LONGEST_FILM;
    }

    @Override
    public Publisher<VideoFrame> createPublisher(long elements) {
        if (elements == 0) {
            return VideoPublisherTckTest::completeAtOnce;
        }
        return VideoPublisher.ofFile(film(Math.min(elements, LONGEST_FILM)), pool);
    }

    @Override
    public Publisher<VideoFrame> createFailedPublisher() {
        VideoPublisher absent = VideoPublisher.ofFile(folder.resolve("absent.mp4"), pool);
        return subscriber -> absent.subscribe(new Asking(subscriber));
    }

    @AfterClass
    public void deleteFilms() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private Path film(long pictures) {
        Path file = folder.resolve(pictures + ".mp4");
        try {
            if (!Files.exists(file)) {
                try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE)) {
                    for (int i = 0; i < pictures; i++) {
                        sink.write(pool.take(32, 32, i, new TimeBase(1, 12)));
                    }
                }
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A film has at least one picture, so that the kit's empty stream comes from elsewhere. */
    private static void completeAtOnce(Subscriber<? super VideoFrame> subscriber) {
        subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        });
        subscriber.onComplete();
    }

    /** Demand on behalf of the kit, which expects the failure without asking. */
    private record Asking(Subscriber<? super VideoFrame> subscriber) implements Subscriber<VideoFrame> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscriber.onSubscribe(subscription);
            subscription.request(1);
        }

        @Override
        public void onNext(VideoFrame picture) {
            subscriber.onNext(picture);
        }

        @Override
        public void onError(Throwable failure) {
            subscriber.onError(failure);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
