package io.packcache.media.ffmpeg;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * The far half of a broadcast: connections to one live server, one after the other, each with the same tracks. Every call
 * is bounded in time. One thread at a time, except {@link #abort()}; owns native memory until closed.
 */
public final class LiveConnection implements AutoCloseable {

    /** How long a connection that failed may take to say goodbye. */
    private static final Duration GOODBYE = Duration.ofMillis(500);

    private static final int VIDEO = 0;
    private static final int AUDIO = 1;

    private final Deadline deadline;
    private final Track video;
    private final SilentAudio silence;
    private Muxer muxer;
    private final VideoEncoder.Packets toAudio = audio -> muxer.write(audio, AUDIO);
    private Duration linger;
    private boolean first;
    private boolean closed;

    /**
     * Connects to nothing yet.
     *
     * @param encoder whose pictures will be sent; it may be closed before this is
     * @param silentAudio whether a silent stereo track accompanies them
     */
    public LiveConnection(LiveEncoder encoder, boolean silentAudio) throws FfmpegException {
        video = encoder.track();
        boolean made = false;
        try {
            silence = silentAudio ? new SilentAudio(video) : null;
            made = true;
        } finally {
            if (!made) {
                video.close();
            }
        }
        deadline = new Deadline();
    }

    /** From now on {@code secret} appears in no log. */
    public static void hide(String secret) throws FfmpegException {
        Ffmpeg.load();
        FfmpegLog.hide(secret);
    }

    /** Undoes one {@link #hide}. */
    public static void unhide(String secret) {
        FfmpegLog.unhide(secret);
    }

    /**
     * Connects and sends the header; the first picture to follow is to be a key picture.
     *
     * @param within the most time this may take
     */
    public void connect(Target target, Duration within) throws FfmpegException {
        deadline.in(within);
        List<Track> tracks = silence == null ? List.of(video) : List.of(video, silence.track());
        muxer = new Muxer(target, Map.of(), tracks, deadline);
        linger = target.linger();
        first = true;
    }

    /** Whether pictures can be sent. */
    public boolean connected() {
        return muxer != null;
    }

    /**
     * Sends one picture, with the silence before it; if it fails, the connection is gone.
     *
     * @param picture of the encoder given at the start; stays the caller's
     * @param within the most time this may take
     */
    public void write(EncodedPicture picture, Duration within) throws FfmpegException {
        deadline.in(within);
        AVPacket packet = ((PacketPool.Packet) picture).content();
        boolean sent = false;
        try {
            if (silence != null) {
                if (first) {
                    silence.skipTo(packet.pts());
                }
                silence.upTo(packet.pts(), toAudio);
            }
            first = false;
            muxer.write(packet, VIDEO);
            sent = true;
        } finally {
            if (!sent) {
                disconnect();
            }
        }
    }

    /**
     * Ends the broadcast in order.
     *
     * @param within the most time this may take, beside what the target lingers
     */
    public void finish(Duration within) throws FfmpegException, InterruptedException {
        if (muxer != null) {
            deadline.in(within);
            try {
                muxer.end();
                deadline.linger(linger);
                deadline.in(within);
                muxer.hangUp();
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
        if (silence != null) {
            silence.close();
        }
        video.close();
        deadline.close();
    }
}
