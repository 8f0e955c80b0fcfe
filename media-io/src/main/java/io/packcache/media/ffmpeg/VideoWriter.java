package io.packcache.media.ffmpeg;

import io.packcache.media.colour.Yuv420;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An encoder and a container in a row: planes in, file out. One thread at a time; owns native memory until closed.
 */
public final class VideoWriter implements AutoCloseable {

    private final VideoEncoder encoder;
    private final Muxer muxer;
    private final VideoEncoder.Packets toMuxer;
    private boolean closed;

    /**
     * Opens a file for H.264 video, replacing what it held.
     *
     * @param container FFmpeg's short name, such as {@code mp4}
     * @param options of the container
     * @param metadata title and the like
     * @throws FfmpegException if the encoder refuses the size or the file cannot be written
     */
    public VideoWriter(
            Path file, String container, Map<String, String> options, Map<String, String> metadata, Encoding encoding)
            throws FfmpegException {
        encoder = new VideoEncoder(EncoderChoice.h264(), encoding);
        boolean opened = false;
        try (Track track = encoder.track()) {
            muxer = new Muxer(Target.file(file, container, options), metadata, List.of(track), null);
            toMuxer = packet -> muxer.write(packet, 0);
            opened = true;
        } finally {
            if (!opened) {
                encoder.close();
            }
        }
    }

    /**
     * Writes one picture.
     *
     * @param ticks its time, later than the one before
     * @param duration ticks it lasts, as far as known; only the last picture's counts
     */
    public void write(Yuv420 picture, long ticks, long duration) throws FfmpegException {
        encoder.encode(picture, ticks, duration, toMuxer);
    }

    /** Writes what the encoder still holds and the index. */
    public void finish() throws FfmpegException {
        encoder.finish(toMuxer);
        muxer.finish();
    }

    /** Writes the index for what reached the file, leaving alone an encoder that may have failed. */
    public void finishWithoutEncoder() throws FfmpegException {
        muxer.finish();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        muxer.close();
        encoder.close();
    }
}
