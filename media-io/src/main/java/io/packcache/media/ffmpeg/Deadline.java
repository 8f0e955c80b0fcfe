package io.packcache.media.ffmpeg;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;

/**
 * Ends blocking network calls in time: FFmpeg asks again and again while it waits. One thread sets it, any thread may
 * {@linkplain #expire() expire} it.
 *
 * <p>All of them share one native function, because JavaCPP has only ten of a kind, and an eleventh is null without a word;
 * FFmpeg hands back the ticket of the one that is asked.
 */
final class Deadline implements AutoCloseable {

    private static final Map<Long, Deadline> OPEN = new ConcurrentHashMap<>();
    private static final AtomicLong LAST = new AtomicLong();

    private final Ticket ticket = new Ticket(LAST.incrementAndGet());
    private volatile long end = System.nanoTime();
    private volatile boolean expired;

    Deadline() {
        OPEN.put(ticket.address(), this);
    }

    /** The one function; made when FFmpeg's libraries are there. */
    private static final class Asked extends AVIOInterruptCB.Callback_Pointer {

        private static final Asked ONE = new Asked();

        private Asked() {}

        @Override
        public int call(Pointer ticket) {
            Deadline asked = OPEN.get(ticket.address());
            return asked == null || asked.isOver() ? 1 : 0;
        }
    }

    /** A number in the place of an address, which nobody follows. */
    private static final class Ticket extends Pointer {
        private Ticket(long number) {
            address = number;
        }
    }

    /** Has FFmpeg ask this one during all calls that belong to {@code calls}; close it after them. */
    void watch(AVIOInterruptCB calls) {
        calls.callback(Asked.ONE).opaque(ticket);
    }

    /** From now on calls may take this long. */
    void in(Duration time) {
        end = System.nanoTime() + time.toNanos();
    }

    private boolean isOver() {
        return expired || System.nanoTime() - end > 0;
    }

    /** Calls end at once, now and later; so does waiting. */
    synchronized void expire() {
        expired = true;
        notifyAll();
    }

    /** Waits so long, unless expired. */
    synchronized void linger(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); left > 0 && !expired; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    @Override
    public void close() {
        OPEN.remove(ticket.address());
    }
}
