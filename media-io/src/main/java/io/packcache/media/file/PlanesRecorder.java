package io.packcache.media.file;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.ffmpeg.EncoderChoice;
import io.packcache.media.ffmpeg.Encoding;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.FileFormat;
import io.packcache.media.ffmpeg.VideoWriter;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;

/** Pictures as planes to a video file. */
final class PlanesRecorder implements Recorder {

    /** Not every encoder takes less than one macroblock. */
    private static final int SMALLEST = 16;

    /** FFmpeg's name of the container that comes in fragments. */
    static final String MP4 = "mp4";

    private final PicturePlanes planes;
    private final VideoWriter writer;

    private PlanesRecorder(PicturePlanes planes, VideoWriter writer) {
        this.planes = planes;
        this.writer = writer;
    }

    /**
     * Video as planes.
     *
     * @param finest the finest ticks that this kind of file holds
     * @param prompt whether each picture leaves the encoder at once, for files that are read while they are written
     */
    record Video(VideoCoding coding, FileFormat format, TimeBase finest, boolean prompt) implements Kind {

        @Override
        public Timeline timeline(TimeBase source, long first) {
            return new Timeline(source, first, Timeline.noFinerThan(finest, source), 1);
        }

        @Override
        public void mend(Path file) throws IOException {
            if (format.name().equals(MP4)) {
                FragmentTail.cut(file);
            }
        }

        @Override
        public Recorder open(VideoFrame first, TimeBase ticks) throws FfmpegException {
            PicturePlanes planes = planes(first, coding);
            Encoding encoding = encoding(planes, ticks, coding, prompt);
            return new PlanesRecorder(planes, new VideoWriter(EncoderChoice.of(coding.codec()), encoding, format));
        }
    }

    private static PicturePlanes planes(VideoFrame first, VideoCoding coding) {
        boolean asPictures = coding.width() == 0;
        PicturePlanes planes = new PicturePlanes(
                first.width(),
                first.height(),
                asPictures ? first.width() : coding.width(),
                asPictures ? first.height() : coding.height(),
                coding.scaling());
        int width = planes.planes().width();
        int height = planes.planes().height();
        if (width < SMALLEST || height < SMALLEST) {
            throw new IllegalArgumentException(coding.codec().title() + " wants at least " + SMALLEST + " x " + SMALLEST
                    + " pixels, this file would have " + width + " x " + height + "; ask for a larger size");
        }
        return planes;
    }

    private static Encoding encoding(PicturePlanes planes, TimeBase ticks, VideoCoding coding, boolean prompt) {
        double seconds = coding.keyInterval().toNanos() / 1e9;
        long keyTicks = Math.max(1, Math.round(seconds * ticks.denominator() / ticks.numerator()));
        return new Encoding(
                planes.planes().width(),
                planes.planes().height(),
                ticks,
                coding.quality(),
                coding.bitrate(),
                keyTicks,
                prompt);
    }

    @Override
    public void begin(Path file) throws FfmpegException {
        writer.begin(file);
    }

    @Override
    public void write(VideoFrame picture, long tick, long duration) throws FfmpegException {
        writer.write(planes.of(picture), tick, duration);
    }

    @Override
    public void finish() throws FfmpegException {
        writer.finish();
    }

    @Override
    public void finishWithoutEncoder() throws FfmpegException {
        writer.finishWithoutEncoder();
    }

    @Override
    public void close() {
        writer.close();
    }
}
