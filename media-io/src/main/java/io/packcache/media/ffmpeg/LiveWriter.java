package io.packcache.media.ffmpeg;

import io.packcache.media.colour.Yuv420;
import java.time.Duration;
import java.util.Map;

/**
 * One encoder and, one after the other, connections to a live server: FLV over RTMP. Every call is bounded in time. One
 * thread at a time, except {@link #abort()}; owns native memory until closed.
 */
public final class LiveWriter implements AutoCloseable {

    /** How long a connection that failed may take to say goodbye. */
    private static final Duration GOODBYE = Duration.ofMillis(500);

    private final VideoEncoder encoder;
    private final Deadline deadline;
    private final VideoEncoder.Packets toMuxer;
    private Muxer muxer;
    private boolean closed;

    /** Opens the encoder; connects to nothing yet. */
    public LiveWriter(Encoding encoding) throws FfmpegException {
        encoder = new VideoEncoder(EncoderChoice.h264(), encoding);
        deadline = new Deadline();
        toMuxer = packet -> muxer.write(packet, encoder);
    }

    /** From now on {@code secret} appears in no log. */
    public static void hide(String secret) throws FfmpegException {
        Ffmpeg.load();
        FfmpegLog.hide(secret);
    }

    /**
     * Connects and makes the next picture a key picture.
     *
     * @param shown what messages call the url
     * @param within the most time this may take
     */
    public void connect(String url, String shown, Duration within) throws FfmpegException {
        deadline.in(within);
        muxer = new Muxer(url, shown, "flv", Map.of("flvflags", "no_duration_filesize"), Map.of(), encoder, deadline);
        encoder.requestKey();
    }

    /** Whether pictures can be sent. */
    public boolean connected() {
        return muxer != null;
    }

    /**
     * Encodes and sends one picture; if it fails, the connection is gone.
     *
     * @param ticks its time, later than the one before
     * @param duration ticks it lasts, as far as known
     * @param within the most time this may take, beside encoding
     */
    public void write(Yuv420 picture, long ticks, long duration, Duration within) throws FfmpegException {
        deadline.in(within);
        boolean sent = false;
        try {
            encoder.encode(picture, ticks, duration, toMuxer);
            sent = true;
        } finally {
            if (!sent) {
                disconnect();
            }
        }
    }

    /** Ends the broadcast in order. */
    public void finish(Duration within) throws FfmpegException {
        if (muxer != null) {
            deadline.in(within);
            try {
                muxer.finish();
            } finally {
                disconnect();
            }
        }
    }

    /** Makes the call that is running, and every later one, end at once. From any thread. */
    public void abort() {
        deadline.expire();
    }

    private void disconnect() {
        if (muxer != null) {
            deadline.in(GOODBYE);
            muxer.close();
            muxer = null;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        disconnect();
        encoder.close();
        deadline.close();
    }
}
