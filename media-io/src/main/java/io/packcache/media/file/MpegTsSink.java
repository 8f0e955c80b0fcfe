package io.packcache.media.file;

import io.packcache.media.ffmpeg.FileFormat;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Pictures to an MPEG transport stream, which plays from any key picture on, whether whole or cut, joined or still being
 * written; thread, errors and what happens to late pictures as with {@link Mp4Sink}.
 *
 * <p>Time: it counts 1/90000 s. Receivers want some time before the first picture, so that stands at about 1.4 s.
 *
 * <p>A crash: the file has its name from the start and loses at most what one picture takes.
 */
public final class MpegTsSink implements FrameSink {

    private final FileRecording recording;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public MpegTsSink(Path file, MpegTsSettings settings) throws SinkException {
        FileFormat format = new FileFormat("mpegts", Map.of("flush_packets", "1"), Map.of());
        recording = new FileRecording(
                new OutputFile(file, settings.overwrite(), false),
                new PlanesRecorder.Video(settings.coding(), format, Mp4Sink.FINEST, true));
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
