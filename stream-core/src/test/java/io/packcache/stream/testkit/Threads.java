package io.packcache.stream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting for threads without sleeping. */
public final class Threads {

    private static final long LONGEST_SECONDS = 20;

    private Threads() {}

    /** Threads alive whose name begins with {@code prefix}. */
    public static List<Thread> named(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix) && thread != Thread.currentThread())
                .toList();
    }

    /** Waits until no thread of that name is left. */
    public static void awaitEndOf(String prefix) {
        for (Thread thread : named(prefix)) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(LONGEST_SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + thread.getName(), e);
            }
            assertThat(thread.isAlive())
                    .as("%s is still alive", thread.getName())
                    .isFalse();
        }
    }

    /** Waits until a thread waits for something, such as a lock that the caller holds. */
    public static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).as("%s is alive", thread.getName()).isTrue();
            Thread.onSpinWait();
        }
    }

    /** Waits for a latch that a working program counts down at once. */
    public static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONGEST_SECONDS, TimeUnit.SECONDS))
                    .as("latch opened")
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while waiting for a latch", e);
        }
    }
}
