package io.packcache.media.live;

import io.packcache.media.ffmpeg.LiveConnection;
import io.packcache.media.ffmpeg.Target;
import io.packcache.stream.sink.SinkException;
import java.time.Duration;

/**
 * A broadcast's own thread, seen from outside: started, looked after, ended in time. Where the operating system does not
 * return from a call in time, the thread is abandoned: the broadcast has failed, and the thread frees what it owns whenever
 * it wakes up.
 */
final class Uplink {

    private final Target target;
    private final LiveSettings settings;
    private final GopQueue queue;
    private final LiveConnection connection;
    private final Transmission transmission;
    private final Thread thread;

    Uplink(Target target, LiveSettings settings, LiveListener listener, GopQueue queue, LiveConnection connection) {
        this.target = target;
        this.settings = settings;
        this.queue = queue;
        this.connection = connection;
        transmission = new Transmission(target, settings, listener, queue, connection);
        thread = new Thread(transmission, "packcache-live");
        thread.setDaemon(true);
        thread.start();
    }

    /** Counts of this moment. */
    LiveStatistics statistics() {
        return transmission.statistics();
    }

    /** Throws if the broadcast has failed, or its thread does not come back. */
    void check() throws SinkException {
        if (transmission.hangs()) {
            abandon();
        }
        SinkException failed = failure();
        if (failed != null) {
            throw new SinkException(failed.getMessage(), failed);
        }
    }

    /** Why the broadcast failed; null if it did not. */
    SinkException failure() {
        return transmission.failure();
    }

    /**
     * Sends what waits, ends the broadcast and the thread; returns within the deadline of closing and a moment.
     *
     * @return whether the thread has ended, rather than been abandoned
     */
    boolean close() {
        transmission.end();
        queue.close();
        if (!ended(settings.deadlines().close())) {
            connection.abort();
            queue.clear();
            if (!ended(Transmission.GRACE)) {
                abandon();
                return false;
            }
        }
        return true;
    }

    private void abandon() {
        transmission.end();
        connection.abort();
        transmission.fail(new SinkException("the broadcast to " + target.shown()
                + " hangs in a call to the network that does not return;" + " its thread was abandoned"));
        queue.clear();
    }

    private boolean ended(Duration within) {
        long end = System.nanoTime() + within.toNanos();
        boolean interrupted = false;
        for (long left = within.toMillis(); thread.isAlive() && left > 0; ) {
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
}
