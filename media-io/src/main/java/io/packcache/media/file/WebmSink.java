package io.packcache.media.file;

import io.packcache.media.ffmpeg.FileFormat;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Pictures to a WebM file, VP9 or AV1; thread, errors and what happens to late pictures as with {@link Mp4Sink}.
 *
 * <p>Time: WebM counts milliseconds; finer times are rounded to them.
 *
 * <p>A crash: the file has its name from the start and plays up to its last key picture.
 */
public final class WebmSink implements FrameSink {

    private static final TimeBase FINEST = new TimeBase(1, 1000);

    private final FileRecording recording;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public WebmSink(Path file, WebmSettings settings) throws SinkException {
        FileFormat format = new FileFormat("webm", Map.of("flush_packets", "1"), settings.metadata());
        recording = new FileRecording(
                new OutputFile(file, settings.overwrite(), false),
                new PlanesRecorder.Video(settings.coding(), format, FINEST, false));
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
