package io.packcache.operators.tck;

import akka.actor.ActorSystem;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one run of the standard's kit needs. Runs go side by side, because the kit sleeps most of its time; the tests of one
 * run share its environment, and go one after another.
 */
final class KitRun {

    /** Held by the one test that waits for the garbage collector, and not for long: a collection of another would be too long. */
    private static final ReentrantLock COLLECTING = new ReentrantLock();

    private static final long PATIENCE_SECONDS = 20;

    /** What the kit may throw. */
    interface Check {
        void run() throws Throwable;
    }

    private final ReentrantLock turn = new ReentrantLock();
    private ActorSystem system;

    /** Before each test. */
    void begin() {
        turn.lock();
    }

    /** After each test. */
    void end() {
        turn.unlock();
    }

    static void collecting(Check check) throws Throwable {
        COLLECTING.lock();
        try {
            check.run();
        } finally {
            COLLECTING.unlock();
        }
    }

    /** Made when first asked for, because TestNG makes more runs than it uses. */
    synchronized ActorSystem system() {
        if (system == null) {
            system = ActorSystem.create("tck");
        }
        return system;
    }

    /** Ends the streams that the kit left open, and with them their sinks' threads. */
    synchronized void close() {
        if (system != null) {
            system.terminate();
            system.getWhenTerminated()
                    .toCompletableFuture()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
    }
}
