package io.packcache.media.file;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one thread at a time at a recording; whoever comes to close it waits for the one that writes, but not for ever. */
final class Turn {

    private final ReentrantLock lock = new ReentrantLock();

    /** Waits for the turn. */
    void take() {
        lock.lock();
    }

    /**
     * Waits for the turn even when interrupted, because a cancelled run is to leave a file that plays.
     *
     * @return false if it did not come within {@code most}
     */
    boolean take(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Gives the turn back. */
    void end() {
        lock.unlock();
    }
}
