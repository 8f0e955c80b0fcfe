package io.packcache.stream.flow;

import java.time.Duration;

/**
 * When the pictures of a video are due, on one cumulative schedule, so that no delay ever adds up. Further behind than it
 * is allowed to be, the schedule moves: what is asked for then is due at that moment, and the rest follows it. Pure: time
 * comes in. Not thread-safe.
 */
public final class PaceClock {

    private final long mostBehind;
    private boolean anchored;
    private long origin;
    private long moves;

    /**
     * Makes a clock that is anchored by its first question.
     *
     * @param mostBehind how far behind the schedule may be before it moves; not negative
     */
    public PaceClock(Duration mostBehind) {
        if (mostBehind.isNegative()) {
            throw new IllegalArgumentException("a schedule cannot be behind by less than nothing, got " + mostBehind);
        }
        this.mostBehind = mostBehind.toNanos();
    }

    /**
     * How long until a picture is due.
     *
     * @param mediaNanos time of the picture in the video, in nanoseconds
     * @param nowNanos time in nanoseconds, of a clock that only moves forward
     * @return nanoseconds to wait; 0 if it is due now; negative if it is late by so much
     */
    public long nanosUntilDue(long mediaNanos, long nowNanos) {
        if (!anchored) {
            anchored = true;
            origin = nowNanos - mediaNanos;
        }
        long wait = origin + mediaNanos - nowNanos;
        if (-wait > mostBehind) {
            origin = nowNanos - mediaNanos;
            moves++;
            wait = 0;
        }
        return wait;
    }

    /** How often the schedule has moved. */
    public long moves() {
        return moves;
    }
}
