package io.packcache.media.ffmpeg;

import io.packcache.media.colour.Yuv420;
import java.nio.file.Path;
import java.util.List;

/**
 * An encoder and a container in a row: planes in, file out. The encoder is open before a file is touched. One thread at a
 * time; owns native memory until closed.
 */
public final class VideoWriter implements AutoCloseable {

    private final FileFormat format;
    private final VideoEncoder encoder;
    private final VideoEncoder.Packets toMuxer = packet -> muxer().write(packet, 0);
    private Muxer muxer;
    private boolean closed;

    /**
     * Opens the encoder.
     *
     * @throws FfmpegException if the encoder refuses the size
     */
    public VideoWriter(EncoderChoice choice, Encoding encoding, FileFormat format) throws FfmpegException {
        this.format = format;
        encoder = new VideoEncoder(choice, encoding);
    }

    /**
     * Opens the file, replacing what it held, and writes its header.
     *
     * @throws FfmpegException if the file cannot be written
     */
    public void begin(Path file) throws FfmpegException {
        try (Track track = encoder.track()) {
            muxer = new Muxer(
                    Target.file(file, format.name(), format.options()), format.metadata(), List.of(track), null);
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

    private Muxer muxer() {
        return muxer;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (muxer != null) {
            muxer.close();
        }
        encoder.close();
    }
}
