package io.packcache.media.live;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a lost connection is tried again, and when no more. Waits double up to a limit, less up to half by chance so that
 * many clients spread out. Reads no clock: times are those of {@link System#nanoTime}, passed in. One thread at a time.
 */
final class ReconnectSchedule {

    /** A connection that is lost sooner was never one: servers refuse a key by hanging up on the first pictures. */
    private static final long STEADY = Duration.ofSeconds(1).toNanos();

    private final LiveSettings.Retries retries;
    private final RandomGenerator random;
    private boolean live;
    private long liveSince;
    private long offlineSince;
    private int attempts;
    private long nextTry;

    ReconnectSchedule(LiveSettings.Retries retries, RandomGenerator random, long now) {
        this.retries = retries;
        this.random = random;
        offlineSince = now;
        nextTry = now;
    }

    /** A try begins; returns its number since the stream was last live, from 1. */
    int tryNow() {
        return ++attempts;
    }

    /** Tries since the stream was last live. */
    int attempts() {
        return attempts;
    }

    /** The first picture went through. */
    void live(long now) {
        live = true;
        liveSince = now;
    }

    /**
     * The connection was lost or refused.
     *
     * @return whether to try again, at {@link #nextTry}, which is before patience is over
     */
    boolean lost(long now) {
        if (live && now - liveSince > STEADY) {
            attempts = 0;
            offlineSince = now;
        }
        live = false;
        nextTry = now + wait(Math.max(1, attempts));
        return nextTry - offlineSince < retries.giveUpAfter().toNanos();
    }

    /** The earliest time of the next try. */
    long nextTry() {
        return nextTry;
    }

    /** Nanoseconds to wait after so many failed tries, at least 1. */
    private long wait(int failures) {
        long most = retries.most().toNanos();
        long wait = retries.first().toNanos();
        for (int i = 1; i < failures && wait < most; i++) {
            wait *= 2;
        }
        wait = Math.min(wait, most);
        return wait - (long) (random.nextDouble() * (wait / 2.0));
    }
}
