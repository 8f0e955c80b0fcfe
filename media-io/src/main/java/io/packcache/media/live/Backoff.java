package io.packcache.media.live;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits between tries: doubled each time up to a limit, less up to half by chance so that many clients spread out. */
final class Backoff {

    private final long first;
    private final long last;
    private final RandomGenerator random;

    Backoff(Duration first, Duration last, RandomGenerator random) {
        this.first = first.toNanos();
        this.last = last.toNanos();
        this.random = random;
    }

    /** Nanoseconds to wait after the given number of failed tries, at least 1. */
    long after(int failures) {
        long wait = first;
        for (int i = 1; i < failures && wait < last; i++) {
            wait *= 2;
        }
        wait = Math.min(wait, last);
        return wait - (long) (random.nextDouble() * (wait / 2.0));
    }
}
