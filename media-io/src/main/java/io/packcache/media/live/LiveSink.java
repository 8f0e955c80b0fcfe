package io.packcache.media.live;

import io.packcache.media.colour.Yuv420;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.LiveConnection;
import io.packcache.media.ffmpeg.Target;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.flow.PaceClock;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pictures to a live server: H.264 in FLV over RTMP or RTMPS, or in MPEG-TS over SRT or UDP; paced by the wall clock,
 * connected again when the network comes back. Nothing secret of the address (the stream key, a passphrase) appears in any
 * message, log or {@code toString}.
 *
 * <p>Thread: {@link #write} waits until its picture is due and encodes it, on the caller's thread; it never waits for the
 * network, so that a dead one delays nobody. A thread of the sink's own connects and sends. {@link #close} may come from
 * any thread, and ends a write that waits.
 *
 * <p>Queue: coded pictures wait for the network, at most {@link LiveSettings#queue} of them and 32 MiB. Where one more comes, the oldest group of pictures leaves, up to the next key picture, counted in
 * {@link LiveStatistics#dropped}. A short interruption loses only the pictures up to the next key picture: what waited is
 * sent as soon as the stream is live again.
 *
 * <p>Time: pictures are sent at their times, the first at once; a source that falls more than a second behind moves the
 * clock. Times on the wire rise strictly over all connections; each connection begins with a key picture.
 *
 * <p>Errors: a lost connection is tried again after a growing wait until {@link LiveSettings.Retries#giveUpAfter}; then,
 * and for a picture of another size or time base, the sink has failed. {@link #close} takes at most
 * {@link LiveSettings.Deadlines#close} and a second, whatever the network does.
 */
public final class LiveSink implements FrameSink {

    private static final Duration MOST_LAG = Duration.ofSeconds(1);

    private final LiveAddress address;
    private final Target target;
    private final LiveSettings settings;
    private final LiveListener listener;
    private final ReentrantLock turn = new ReentrantLock();
    private final Condition ending = turn.newCondition();
    private final PaceClock clock = new PaceClock(MOST_LAG);

    private volatile Uplink uplink;
    private volatile long clockMoves;

    /* Guarded by turn. */
    private boolean refusing;
    private boolean closing;
    private boolean closed;
    private LivePictures pictures;

    /**
     * Makes a sink; connects with the first picture.
     *
     * @param url {@code rtmp://host[:port]/application/key}, {@code rtmps://...}, {@code srt://host:port[?streamid=...]} or
     *     {@code udp://host:port}
     * @param listener told how the broadcast fares; {@link LiveListener#NONE} for nobody
     * @throws SinkException if the address is none, or FFmpeg's libraries are missing
     */
    public LiveSink(String url, LiveSettings settings, LiveListener listener) throws SinkException {
        this.settings = settings;
        this.listener = listener;
        try {
            address = new LiveAddress(url);
            target = address.target();
            for (String secret : address.secrets()) {
                LiveConnection.hide(secret);
            }
        } catch (IllegalArgumentException | IllegalStateException | FfmpegException e) {
            throw new SinkException(e.getMessage(), e);
        }
    }

    /** Counts of this moment. From any thread. */
    public LiveStatistics statistics() {
        Uplink counting = uplink;
        return counting == null ? LiveStatistics.NONE : counting.statistics().withClockMoves(clockMoves);
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        try (picture) {
            turn.lock();
            try {
                checkOpen();
                refusing = true;
                if (pictures == null) {
                    begin(picture);
                }
                send(picture);
                refusing = false;
            } finally {
                turn.unlock();
            }
        }
    }

    private void checkOpen() throws SinkException {
        checkAlive();
        if (refusing) {
            throw new SinkException("the broadcast to " + address + " failed before and takes no more pictures");
        }
    }

    private void checkAlive() throws SinkException {
        if (closing) {
            throw new SinkException("the broadcast to " + address + " is closed");
        }
        if (uplink != null) {
            uplink.check();
        }
    }

    private void send(VideoFrame picture) throws SinkException {
        try {
            long tick = pictures.place(picture);
            Yuv420 planes = pictures.planes(picture);
            awaitTime(pictures.nanos(tick));
            pictures.encode(planes, tick);
        } catch (IllegalArgumentException | FfmpegException e) {
            throw new SinkException("cannot send a picture to " + address + ": " + e.getMessage(), e);
        }
    }

    /** Waits until a time of the video is due, in nanoseconds; looks at the uplink again at least every second. */
    private void awaitTime(long time) throws SinkException {
        for (long early = clock.nanosUntilDue(time, System.nanoTime());
                early > 0;
                early = clock.nanosUntilDue(time, System.nanoTime())) {
            try {
                ending.await(Math.min(early, MOST_LAG.toNanos()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SinkException("interrupted while waiting to send to " + address, e);
            }
            checkAlive();
        }
        clockMoves = clock.moves();
    }

    private void begin(VideoFrame first) throws SinkException {
        try {
            pictures = new LivePictures(first, settings);
            LiveConnection connection =
                    new LiveConnection(pictures.encoder(), settings.coding().silentAudio());
            uplink = new Uplink(target, settings, listener, pictures.queue(), connection);
        } catch (IllegalArgumentException | FfmpegException e) {
            throw new SinkException("cannot encode for " + address + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws SinkException {
        turn.lock();
        try {
            closing = true;
            ending.signalAll();
            if (closed) {
                return;
            }
            closed = true;
            end();
        } finally {
            turn.unlock();
        }
    }

    private void end() throws SinkException {
        boolean ended = uplink == null || uplink.close();
        if (pictures != null) {
            pictures.close();
        }
        if (ended) {
            address.secrets().forEach(LiveConnection::unhide);
        }
        if (uplink == null) {
            listener.changed(State.CLOSED, 0, "closed without a picture");
        } else if (uplink.failure() != null) {
            throw uplink.failure();
        }
    }

    /** Without what is secret in the address. */
    @Override
    public String toString() {
        return "broadcast to " + address;
    }
}
