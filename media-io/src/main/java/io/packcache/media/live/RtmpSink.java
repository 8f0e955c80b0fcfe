package io.packcache.media.live;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.ffmpeg.Encoding;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.LiveWriter;
import io.packcache.media.file.Timeline;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pictures to a live server over RTMP: H.264 in FLV, paced by the wall clock, connected again when the network comes
 * back. The stream key appears in no message, log or {@code toString}.
 *
 * <p>Thread: a thread of its own encodes and sends; {@link #write} only queues. It waits for room, which makes a source
 * that is faster than the clock keep its pace. While the connection is lost, the oldest waiting picture is dropped once
 * its time has passed, and counted in {@link #dropped()}; so a dead network delays nobody by more than the timeouts.
 *
 * <p>Time: pictures are sent at their times, the first at once; a source that falls more than a second behind moves the
 * clock. Times on the wire rise strictly over all connections; each connection begins with a key picture.
 *
 * <p>Errors: a lost connection is tried again after a growing wait until {@link RtmpSettings#giveUpAfter}; then, and for
 * a picture of another size or time base, the sink has failed. {@link #close} takes at most
 * {@link RtmpSettings#closeTimeout} and a second, whatever the network does.
 */
public final class RtmpSink implements FrameSink {

    private static final long MOST_LAG = Duration.ofSeconds(1).toNanos();
    /** A connection that is lost sooner was never one: servers refuse a key by hanging up on the first pictures. */
    private static final long STEADY = Duration.ofSeconds(1).toNanos();

    private static final Duration GRACE = Duration.ofSeconds(1);

    /** FLV counts milliseconds. */
    private static final int FINEST = 1000;

    private final LiveAddress address;
    private final RtmpSettings settings;
    private final LiveListener listener;
    private final Backoff backoff;
    private final Thread thread;

    /* Guarded by this. */
    private final ArrayDeque<VideoFrame> queue = new ArrayDeque<>();
    private boolean live;
    private boolean offline;
    private boolean aborted;
    private boolean closing;
    private boolean closed;
    private SinkException failure;
    private String lastError;
    private LiveWriter writer;
    private long firstPts;
    private long clock;
    private long sent;
    private long dropped;

    /* Touched only by the sink's own thread. */
    private PicturePlanes planes;
    private TimeBase timeBase;
    private Timeline timeline;
    private int attempts;
    private long offlineSince;
    private long liveSince;

    /**
     * Makes a sink and starts its thread; connects with the first picture.
     *
     * @param url {@code rtmp://host[:port]/application/key}, or {@code rtmps://}
     * @param listener told how the broadcast fares; {@link LiveListener#NONE} for nobody
     * @throws SinkException if the address is none, or FFmpeg's libraries are missing
     */
    public RtmpSink(String url, RtmpSettings settings, LiveListener listener) throws SinkException {
        try {
            address = new LiveAddress(url);
            LiveWriter.hide(address.key());
        } catch (IllegalArgumentException | FfmpegException e) {
            throw new SinkException(e.getMessage(), e);
        }
        this.settings = settings;
        this.listener = listener;
        backoff = new Backoff(settings.firstRetry(), settings.lastRetry(), ThreadLocalRandom.current());
        thread = new Thread(this::run, "packcache-live");
        thread.setDaemon(true);
        thread.start();
    }

    /** Pictures sent so far. */
    public synchronized long sent() {
        return sent;
    }

    /** Pictures that were dropped because there was no connection for them. */
    public synchronized long dropped() {
        return dropped;
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        boolean queued = false;
        try {
            synchronized (this) {
                awaitRoom();
                if (failure != null) {
                    throw new SinkException(failure.getMessage(), failure);
                }
                if (closing) {
                    throw new SinkException("the broadcast to " + address + " is closed");
                }
                queue.add(picture);
                queued = true;
                notifyAll();
            }
        } finally {
            if (!queued) {
                picture.release();
            }
        }
    }

    private void awaitRoom() throws SinkException {
        while (queue.size() >= settings.queue() && !closing && failure == null) {
            long early = offline ? dueAt(queue.element().pts() - firstPts) - System.nanoTime() : MOST_LAG;
            if (early <= 0) {
                queue.remove().release();
                dropped++;
                continue;
            }
            try {
                wait(early / 1_000_000, (int) (early % 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SinkException("interrupted while waiting to send to " + address, e);
            }
        }
    }

    @Override
    public void close() throws SinkException {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        if (!ended(settings.closeTimeout())) {
            synchronized (this) {
                aborted = true;
                if (writer != null) {
                    writer.abort();
                }
                notifyAll();
            }
            if (!ended(GRACE)) {
                throw new SinkException(
                        "the broadcast to " + address + " could not be ended; its thread was abandoned");
            }
        }
        synchronized (this) {
            if (!closed) {
                closed = true;
                if (failure != null) {
                    throw failure;
                }
            }
        }
    }

    private boolean ended(Duration within) {
        long end = System.nanoTime() + within.toNanos();
        boolean interrupted = false;
        long left = within.toMillis();
        while (thread.isAlive() && left > 0) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = (end - System.nanoTime()) / 1_000_000;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /* From here on: the sink's own thread. */

    private void run() {
        try {
            for (VideoFrame picture = take(); picture != null; picture = take()) {
                try (VideoFrame sending = picture) {
                    send(sending);
                }
            }
            end();
        } catch (SinkException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(new SinkException("the broadcast to " + address + " failed: " + e, e));
        } finally {
            releaseAll();
        }
    }

    private synchronized VideoFrame take() {
        while (queue.isEmpty() && !closing) {
            pause(0);
        }
        VideoFrame picture = closing && offline ? null : queue.poll();
        notifyAll();
        return picture;
    }

    private void send(VideoFrame picture) throws SinkException {
        if (planes == null) {
            begin(picture);
        }
        if (!planes.fits(picture) || !picture.timeBase().equals(timeBase)) {
            throw new SinkException("the broadcast to " + address + " began with " + planes.width() + " x "
                    + planes.height() + " at " + timeBase + ", a picture has " + picture.width() + " x "
                    + picture.height() + " at " + picture.timeBase());
        }
        long tick = place(picture);
        if (!connected()) {
            drop();
            return;
        }
        pace(tick);
        try {
            writer.write(planes.of(picture), tick, timeline.duration(), settings.writeTimeout());
            nowLive();
        } catch (FfmpegException e) {
            lost(e);
            drop();
        }
    }

    private long place(VideoFrame picture) throws SinkException {
        try {
            return timeline.place(picture.pts());
        } catch (IllegalArgumentException e) {
            throw new SinkException("cannot send a picture to " + address + ": " + e.getMessage(), e);
        }
    }

    private void begin(VideoFrame first) throws SinkException {
        timeBase = first.timeBase();
        if (timeBase.denominator() > (long) FINEST * timeBase.numerator()) {
            throw new SinkException("live streams count milliseconds, pictures with a time base of " + timeBase
                    + " would fall together");
        }
        boolean asPictures = settings.width() == 0;
        PicturePlanes made = new PicturePlanes(
                first.width(),
                first.height(),
                asPictures ? first.width() : settings.width(),
                asPictures ? first.height() : settings.height());
        double seconds = settings.keyInterval().toNanos() / 1e9;
        long keyTicks = Math.max(1, Math.round(seconds * timeBase.denominator() / timeBase.numerator()));
        int width = made.planes().width();
        int height = made.planes().height();
        try {
            LiveWriter opened =
                    new LiveWriter(new Encoding(width, height, timeBase, settings.quality(), keyTicks, true));
            synchronized (this) {
                writer = opened;
            }
        } catch (FfmpegException e) {
            throw new SinkException("cannot encode for " + address + ": " + e.getMessage(), e);
        }
        timeline = new Timeline(timeBase, first.pts());
        planes = made;
        offlineSince = System.nanoTime();
        synchronized (this) {
            firstPts = first.pts();
            clock = offlineSince;
        }
    }

    /** Connects, waiting and trying again; false if closing came first. */
    private boolean connected() throws SinkException {
        while (!writer.connected()) {
            if (attempts > 0 && !waitToRetry()) {
                return false;
            }
            attempts++;
            listener.changed(State.CONNECTING, attempts, "connecting to " + address);
            try {
                writer.connect(address.url(), address.toString(), settings.connectTimeout());
            } catch (FfmpegException e) {
                lost(e);
            }
        }
        return true;
    }

    private synchronized boolean waitToRetry() {
        long end = System.nanoTime() + backoff.after(attempts);
        for (long left = end - System.nanoTime(); left > 0 && !closing; left = end - System.nanoTime()) {
            pause(left);
        }
        return !closing;
    }

    private synchronized void lost(FfmpegException cause) throws SinkException {
        long now = System.nanoTime();
        if (live && now - liveSince > STEADY) {
            offlineSince = now;
            attempts = 0;
        }
        live = false;
        offline = true;
        lastError = cause.getMessage();
        notifyAll();
        if (now - offlineSince > settings.giveUpAfter().toNanos()) {
            throw new SinkException(
                    "gave up the broadcast to " + address + " after "
                            + settings.giveUpAfter().toSeconds() + " s without a connection: " + lastError,
                    cause);
        }
        attempts = Math.max(1, attempts);
        listener.changed(State.RETRYING, attempts, lastError);
    }

    private void nowLive() {
        boolean first;
        synchronized (this) {
            first = !live;
            liveSince = first ? System.nanoTime() : liveSince;
            live = true;
            offline = false;
            sent++;
        }
        if (first) {
            listener.changed(State.LIVE, attempts, "live at " + address);
        }
    }

    private synchronized void drop() {
        dropped++;
    }

    /** Waits until it is time for {@code tick}; a stream far behind its clock moves the clock instead. */
    private synchronized void pace(long tick) {
        long due = dueAt(tick);
        long now = System.nanoTime();
        if (now - due > MOST_LAG) {
            clock += now - due;
            return;
        }
        while (due - now > 0 && !aborted) {
            pause(due - now);
            now = System.nanoTime();
        }
    }

    /** When a tick is to be shown, in nanoseconds of the system's clock. */
    private long dueAt(long tick) {
        return clock + (long) (timeBase.seconds(tick) * 1e9);
    }

    /** Waits for news or for a time; 0 is for ever. May end early: each caller looks again in a loop. */
    @SuppressWarnings("WaitNotInLoop")
    private synchronized void pause(long nanos) {
        try {
            if (nanos == 0) {
                wait();
            } else {
                wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            }
        } catch (InterruptedException e) {
            // Nobody but close ends this thread.
        }
    }

    private void end() throws SinkException {
        if (writer == null) {
            listener.changed(State.CLOSED, 0, "closed without a picture");
            return;
        }
        if (!writer.connected()) {
            throw new SinkException("the broadcast to " + address + " ended without a connection: " + lastError);
        }
        try {
            writer.finish(settings.closeTimeout());
        } catch (FfmpegException e) {
            throw new SinkException("the broadcast to " + address + " did not end in order: " + e.getMessage(), e);
        }
        listener.changed(State.CLOSED, 0, "closed");
    }

    private void fail(SinkException cause) {
        synchronized (this) {
            failure = cause;
            live = false;
            notifyAll();
        }
        listener.changed(State.FAILED, attempts, cause.getMessage());
    }

    private synchronized void releaseAll() {
        dropped += queue.size();
        queue.forEach(VideoFrame::release);
        queue.clear();
        if (writer != null) {
            writer.close();
            writer = null;
        }
        notifyAll();
    }
}
