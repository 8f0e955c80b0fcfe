package io.packcache.media.live;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.colour.Yuv420;
import io.packcache.media.ffmpeg.Encoding;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.LiveEncoder;
import io.packcache.media.file.Timeline;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;

/**
 * The pictures of one broadcast on their way from the writer to the queue: of one size, placed in time, turned into planes,
 * encoded. One thread at a time; owns native memory until closed.
 */
final class LivePictures implements AutoCloseable {

    /** Most coded bytes that wait for the network. */
    private static final int MOST_BYTES = 32 << 20;

    /** FLV counts milliseconds. */
    private static final int FINEST = 1000;

    private final PicturePlanes planes;
    private final TimeBase timeBase;
    private final Timeline timeline;
    private final LiveEncoder encoder;
    private final GopQueue queue;

    /**
     * For pictures like the first one.
     *
     * @throws IllegalArgumentException if a live stream cannot count its times
     */
    LivePictures(VideoFrame first, LiveSettings settings) throws FfmpegException {
        timeBase = first.timeBase();
        if (timeBase.denominator() > (long) FINEST * timeBase.numerator()) {
            throw new IllegalArgumentException("live streams count milliseconds, pictures with a time base of "
                    + timeBase + " would fall together");
        }
        LiveSettings.Coding coding = settings.coding();
        boolean asPictures = coding.width() == 0;
        planes = new PicturePlanes(
                first.width(),
                first.height(),
                asPictures ? first.width() : coding.width(),
                asPictures ? first.height() : coding.height());
        timeline = new Timeline(timeBase, first.pts());
        encoder = new LiveEncoder(encoding(coding));
        queue = new GopQueue(settings.queue(), MOST_BYTES, encoder::requestKey);
    }

    private Encoding encoding(LiveSettings.Coding coding) {
        double seconds = coding.keyInterval().toNanos() / 1e9;
        long keyTicks = Math.max(1, Math.round(seconds * timeBase.denominator() / timeBase.numerator()));
        Yuv420 size = planes.planes();
        return new Encoding(size.width(), size.height(), timeBase, coding.quality(), keyTicks, true);
    }

    /** What is coded and waits for the network. */
    GopQueue queue() {
        return queue;
    }

    /** What a connection takes its tracks from. */
    LiveEncoder encoder() {
        return encoder;
    }

    /**
     * Places a picture in time.
     *
     * @return its tick
     * @throws IllegalArgumentException if it is unlike the first one, or more than an hour late
     */
    long place(VideoFrame picture) {
        if (!planes.fits(picture) || !picture.timeBase().equals(timeBase)) {
            throw new IllegalArgumentException("it began with " + planes.width() + " x " + planes.height() + " at "
                    + timeBase + ", a picture has " + picture.width() + " x " + picture.height() + " at "
                    + picture.timeBase());
        }
        return timeline.place(picture.pts());
    }

    /** When a tick is due after the first, in nanoseconds. */
    long nanos(long tick) {
        return (long) (timeBase.seconds(tick) * 1e9);
    }

    /** A picture as it will be encoded, good until the next call. */
    Yuv420 planes(VideoFrame picture) {
        return planes.of(picture);
    }

    /** Encodes the picture placed last; what comes out is queued. */
    void encode(Yuv420 picture, long tick) throws FfmpegException {
        encoder.encode(picture, tick, timeline.duration(), queue::offer);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
