package io.packcache.media.ffmpeg;

import io.packcache.media.colour.Yuv420;
import java.util.function.Consumer;

/**
 * The near half of a broadcast: H.264 without delay, a key picture whenever one is asked for. One thread at a time, except
 * {@link #requestKey}; owns native memory until closed.
 */
public final class LiveEncoder implements AutoCloseable {

    private final PacketPool pool = new PacketPool();
    private final VideoEncoder encoder;
    private volatile boolean keyWanted;

    /** Opens the encoder. */
    public LiveEncoder(Encoding encoding) throws FfmpegException {
        encoder = new VideoEncoder(EncoderChoice.h264(), encoding);
    }

    /** What leaves this encoder; the caller closes it. */
    Track track() throws FfmpegException {
        return encoder.track();
    }

    /** Makes the next picture a key picture, with which a receiver can begin. From any thread. */
    public void requestKey() {
        keyWanted = true;
    }

    /**
     * Encodes one picture.
     *
     * @param ticks its time, later than the one before
     * @param duration ticks it lasts, as far as known
     * @param coded takes over what comes out
     */
    public void encode(Yuv420 picture, long ticks, long duration, Consumer<EncodedPicture> coded)
            throws FfmpegException {
        if (keyWanted) {
            keyWanted = false;
            encoder.requestKey();
        }
        encoder.encode(picture, ticks, duration, packet -> coded.accept(pool.move(packet)));
    }

    @Override
    public void close() {
        encoder.close();
        pool.close();
    }
}
