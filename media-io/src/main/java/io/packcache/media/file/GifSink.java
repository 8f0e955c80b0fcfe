package io.packcache.media.file;

import io.packcache.media.ffmpeg.Animation;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;

/**
 * Pictures to an animated GIF. Each picture has its own palette, so up to 256 colours in it are kept exactly. Thread,
 * errors and what happens to late pictures as with {@link Mp4Sink}.
 *
 * <p>Time: GIF counts hundredths of a second, to which times are rounded, and viewers show no picture for less than two;
 * pictures that come faster are moved, so above 50 a second the animation is slower than the pictures.
 *
 * <p>The file takes its name when it is whole.
 */
public final class GifSink implements FrameSink {

    private final FileRecording recording;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public GifSink(Path file, GifSettings settings) throws SinkException {
        recording = new FileRecording(
                new OutputFile(file, settings.overwrite(), true),
                new AnimationRecorder.Moving(
                        Animation.gif(settings.dithered(), settings.repeats()),
                        settings.width(),
                        settings.height(),
                        settings.scaling()));
    }

    /** Pictures written so far. */
    public long pictures() {
        return recording.pictures();
    }

    /** Pictures that came less than a fiftieth of a second after the one before them, and were moved. */
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
