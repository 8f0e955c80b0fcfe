package io.packcache.media.live;

import io.packcache.media.ffmpeg.EncodedPicture;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.LiveConnection;
import io.packcache.media.ffmpeg.Target;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.sink.SinkException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a broadcast's own thread does: keeps a connection while there is one to be had, and sends what the queue holds. It
 * owns the connection and frees it at the end, whenever that comes. How it fares may be asked from any thread.
 */
final class Transmission implements Runnable {

    /** What a call may take beyond its deadline. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private final Target target;
    private final LiveSettings settings;
    private final LiveListener listener;
    private final GopQueue queue;
    private final LiveConnection connection;
    private final ReconnectSchedule schedule;

    /* Guarded by this. */
    private boolean closing;
    private boolean live;
    private int attempt;
    private boolean calling;
    private long returnsBy;
    private long sent;
    private long lost;
    private long bytes;
    private int connections;
    private long position;
    private String lastError;
    private SinkException failure;

    Transmission(
            Target target, LiveSettings settings, LiveListener listener, GopQueue queue, LiveConnection connection) {
        this.target = target;
        this.settings = settings;
        this.listener = listener;
        this.queue = queue;
        this.connection = connection;
        schedule = new ReconnectSchedule(settings.retries(), ThreadLocalRandom.current(), System.nanoTime());
    }

    /** Counts of this moment. */
    synchronized LiveStatistics statistics() {
        return new LiveStatistics(sent, lost + queue.dropped(), queue.size(), bytes, connections, position, 0);
    }

    /** Why the broadcast failed; null if it did not. */
    synchronized SinkException failure() {
        return failure;
    }

    /** Whether a call to the network should have come back long ago. */
    synchronized boolean hangs() {
        return failure == null && calling && System.nanoTime() - returnsBy > 0;
    }

    /** Ends once the queue is empty, or at once where there is no connection. */
    synchronized void end() {
        closing = true;
        notifyAll();
    }

    @Override
    public void run() {
        try {
            broadcast();
        } catch (SinkException e) {
            fail(e);
        } catch (InterruptedException | RuntimeException | Error e) {
            fail(new SinkException("the broadcast to " + target.shown() + " failed: " + e, e));
        } finally {
            queue.clear();
            connection.close();
        }
    }

    private void broadcast() throws SinkException, InterruptedException {
        while (connected()) {
            EncodedPicture picture = queue.take();
            if (picture == null) {
                finish();
                return;
            }
            try {
                send(picture);
            } finally {
                picture.release();
            }
        }
        throw new SinkException("the broadcast to " + target.shown() + " ended without a connection: " + lastError);
    }

    /** Connects, waiting and trying again; false if closing came first. */
    private boolean connected() throws SinkException, InterruptedException {
        while (!connection.connected()) {
            if (!waitForNextTry()) {
                return false;
            }
            tryNow();
            tell(State.CONNECTING, "connecting to " + target.shown());
            try {
                calling(settings.deadlines().connect());
                connection.connect(target, settings.deadlines().connect());
            } catch (FfmpegException e) {
                lost(e);
            } finally {
                returned();
            }
        }
        return true;
    }

    /** False if closing came first; but the first try is never called off, so that what is short is sent as well. */
    private synchronized boolean waitForNextTry() throws InterruptedException {
        if (lastError == null) {
            return true;
        }
        for (long left = schedule.nextTry() - System.nanoTime();
                left > 0 && !closing;
                left = schedule.nextTry() - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        return !closing;
    }

    private synchronized void tryNow() {
        attempt = schedule.tryNow();
    }

    private void send(EncodedPicture picture) throws SinkException {
        long ticks = picture.ticks(); // sending turns them into those of the container
        try {
            calling(settings.deadlines().write());
            connection.write(picture, settings.deadlines().write());
        } catch (FfmpegException e) {
            synchronized (this) {
                lost++;
            }
            lost(e);
            return;
        } finally {
            returned();
        }
        boolean first;
        synchronized (this) {
            first = !live;
            live = true;
            sent++;
            bytes += picture.bytes();
            position = ticks;
            connections += first ? 1 : 0;
        }
        if (first) {
            schedule.live(System.nanoTime());
            tell(State.LIVE, "live at " + target.shown());
        }
    }

    private void lost(FfmpegException cause) throws SinkException {
        boolean again = schedule.lost(System.nanoTime());
        synchronized (this) {
            live = false;
            attempt = Math.max(1, schedule.attempts());
            lastError = cause.getMessage();
        }
        if (!again) {
            throw new SinkException(
                    "gave up the broadcast to " + target.shown() + " after "
                            + settings.retries().giveUpAfter().toMillis() / 1e3 + " s without a connection: "
                            + cause.getMessage(),
                    cause);
        }
        queue.restart();
        tell(State.RETRYING, cause.getMessage());
    }

    private void finish() throws SinkException, InterruptedException {
        try {
            calling(settings.deadlines().close());
            connection.finish(settings.deadlines().close());
        } catch (FfmpegException e) {
            throw new SinkException(
                    "the broadcast to " + target.shown() + " did not end in order: " + e.getMessage(), e);
        } finally {
            returned();
        }
        tell(State.CLOSED, "closed");
    }

    private synchronized void calling(Duration within) {
        calling = true;
        returnsBy = System.nanoTime() + within.plus(GRACE).toNanos();
    }

    private synchronized void returned() {
        calling = false;
    }

    /** The broadcast has failed; only the first time counts. From any thread. */
    void fail(SinkException cause) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = cause;
        }
        tell(State.FAILED, cause.getMessage());
    }

    private void tell(State state, String detail) {
        int number;
        synchronized (this) {
            if (failure != null && state != State.FAILED) {
                return;
            }
            number = attempt;
        }
        listener.changed(state, number, detail);
    }
}
