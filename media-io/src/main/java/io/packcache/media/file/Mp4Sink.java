package io.packcache.media.file;

import io.packcache.media.ffmpeg.EncoderChoice;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.FileFormat;
import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Pictures to an MP4 file that plays: BT.709 limited range, as many pictures out as in.
 *
 * <p>Thread: one at a time writes; {@link #close} may come from any other, even while a write runs, and waits for it, at
 * most {@link #CLOSE_WAIT}. Both block while the encoder works.
 *
 * <p>Time: the first picture is time zero, and its time base holds for the file. Times are to rise; a picture that is not
 * later than the one before is put one tick after it and counted in {@link #shifted()}. A picture lasts until the next
 * one, the last as long as the one before it. Times finer than 1/90000 s are rounded to that.
 *
 * <p>Errors: a picture of another size or time base, one an hour late, a full disk. What was written until then is
 * finished by {@link #close}.
 *
 * <p>A crash: with {@link Mp4Settings.Container#FRAGMENTED} the file plays up to its last key picture. With
 * {@link Mp4Settings.Container#FASTSTART} pictures go to a sibling file named {@code NAME.*.part} that takes the name
 * only when it is whole, so no file of that name is ever half written.
 *
 * <p>A file that is to be replaced stays until the encoder is open and the new file has its header, or is whole. Closed
 * without a picture, it leaves no new file.
 */
public final class Mp4Sink implements FrameSink {

    /** Longest time that {@link #close} waits for a write on another thread. */
    public static final Duration CLOSE_WAIT = FileRecording.CLOSE_WAIT;

    /** Durations have 32 bits, so finer ticks could not hold an hour. */
    static final TimeBase FINEST = new TimeBase(1, 90_000);

    private static final Map<Mp4Settings.Container, Map<String, String>> CONTAINER_OPTIONS = Map.of(
            Mp4Settings.Container.FASTSTART,
            Map.of("movflags", "faststart"),
            Mp4Settings.Container.FRAGMENTED,
            Map.of("movflags", "frag_keyframe+empty_moov+default_base_moof", "flush_packets", "1"));

    private final FileRecording recording;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public Mp4Sink(Path file, Mp4Settings settings) throws SinkException {
        boolean whole = settings.container() == Mp4Settings.Container.FASTSTART;
        FileFormat format =
                new FileFormat(PlanesRecorder.MP4, CONTAINER_OPTIONS.get(settings.container()), settings.metadata());
        recording = new FileRecording(
                new OutputFile(file, settings.overwrite(), whole),
                new PlanesRecorder.Video(settings.coding(), format, FINEST, !whole));
    }

    /**
     * Which encoder of H.264 this machine's natives give, and why, in one sentence.
     *
     * @throws SinkException if they give none
     */
    public static String encoder() throws SinkException {
        return encoder(VideoCodec.H264);
    }

    /**
     * Which encoder of a codec this machine's natives give, and why, in one sentence.
     *
     * @throws SinkException if they give none
     */
    public static String encoder(VideoCodec codec) throws SinkException {
        try {
            return EncoderChoice.of(codec).reason();
        } catch (FfmpegException e) {
            throw new SinkException(e.getMessage(), e);
        }
    }

    /** Pictures written so far. */
    public long pictures() {
        return recording.pictures();
    }

    /** Pictures that were not later than the one before them, and were put one tick after it. */
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
