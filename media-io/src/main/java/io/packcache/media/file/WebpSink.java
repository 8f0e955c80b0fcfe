package io.packcache.media.file;

import io.packcache.media.ffmpeg.Animation;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;

/**
 * Pictures to an animated WebP. Thread, errors and what happens to late pictures as with {@link Mp4Sink}.
 *
 * <p>Time: WebP counts milliseconds; finer times are rounded to them.
 *
 * <p>Memory: the format's header tells of everything behind it, so the coded pictures are held until {@link #close}. The
 * file takes its name when it is whole.
 */
public final class WebpSink implements FrameSink {

    private final FileRecording recording;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public WebpSink(Path file, WebpSettings settings) throws SinkException {
        recording = new FileRecording(
                new OutputFile(file, settings.overwrite(), true),
                new AnimationRecorder.Moving(
                        Animation.webp(settings.lossless(), settings.quality(), settings.repeats()),
                        settings.width(),
                        settings.height(),
                        settings.scaling()));
    }

    /** Pictures written so far. */
    public long pictures() {
        return recording.pictures();
    }

    /** Pictures that were not later than the one before them, and were moved after it. */
    public long shifted() {
        return recording.shifted();
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        recording.write(picture);
    }

    @Override
    public void close() throws SinkException {
        recording.close();
    }
}
