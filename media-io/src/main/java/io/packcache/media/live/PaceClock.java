package io.packcache.media.live;

import java.time.Duration;

/** When pictures are due by the wall clock; one too far behind moves the clock. Reads no clock itself. One thread. */
final class PaceClock {

    private final long mostBehind;
    private boolean started;
    private long zero;
    private long moves;

    PaceClock(Duration mostBehind) {
        this.mostBehind = mostBehind.toNanos();
    }

    /** Nanoseconds until a picture is due, not above zero if it is late; the first one is due at once. */
    long nanosUntilDue(long mediaNanos, long now) {
        if (!started) {
            started = true;
            zero = now - mediaNanos;
        }
        long early = zero + mediaNanos - now;
        if (early < -mostBehind) {
            zero -= early;
            moves++;
            return 0;
        }
        return early;
    }

    /** How often the clock was moved. */
    long moves() {
        return moves;
    }
}
