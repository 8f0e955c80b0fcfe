package io.packcache.kvcache.compute.vector;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs one piece of work at a time on the calling thread and a fixed number of helpers, without allocating.
 *
 * <p>Work is cut into chunks of items and whoever is free claims the next chunk. One word holds the number of the run
 * and the chunks left; a helper that wakes late fails to claim from a run that is over, because the word has moved on.
 * Which thread computes a chunk never changes the result, as long as items do not depend on each other.
 */
final class WorkerPool implements AutoCloseable {

    /** Items {@code from} (inclusive) to {@code to} (exclusive); {@code worker} picks that thread's scratch memory. */
    interface Work {
        void run(int from, int to, int worker);
    }

    /** Looks for work this often before sleeping, some tens of microseconds: the usual gap between operations. */
    private static final int SPINS = 1_000;

    private final Thread[] helpers;

    /** Number of the run in the upper half, chunks not yet claimed in the lower. */
    private final AtomicLong claims = new AtomicLong();

    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile boolean closed;
    private volatile Throwable failure;

    // Written before a run is announced in claims, read only after a chunk of that run was claimed.
    private Work work;
    private int items;
    private int grain;
    private Thread caller;

    WorkerPool(int threads) {
        helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            int worker = i + 1;
            helpers[i] = new Thread(() -> help(worker), "packcache-compute-" + worker);
            helpers[i].setDaemon(true);
            helpers[i].start();
        }
    }

    /** Threads that compute, the caller included; worker numbers are below it. */
    int threads() {
        return helpers.length + 1;
    }

    /** Runs all items and returns when they are done; at most {@code grain} items are one chunk. */
    void run(Work job, int count, int chunk) {
        if (helpers.length == 0 || count <= chunk) {
            job.run(0, count, 0);
            return;
        }
        int chunks = (count + chunk - 1) / chunk;
        work = job;
        items = count;
        grain = chunk;
        caller = Thread.currentThread();
        failure = null;
        unfinished.set(chunks);
        claims.set((claims.get() & 0xFFFF_FFFF_0000_0000L) + (1L << 32) + chunks);
        for (int i = 0; i < Math.min(helpers.length, chunks - 1); i++) {
            LockSupport.unpark(helpers[i]);
        }
        claimChunks(0);
        awaitOthers();
        work = null;
        rethrow(failure);
    }

    private void awaitOthers() {
        for (int spins = 0; unfinished.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void claimChunks(int worker) {
        for (long claim = claims.get(); (int) claim > 0; claim = claims.get()) {
            if (claims.compareAndSet(claim, claim - 1)) {
                runChunk((int) claim - 1, worker);
            }
        }
    }

    private void runChunk(int chunk, int worker) {
        Thread waiting = caller;
        try {
            int from = chunk * grain;
            work.run(from, Math.min(items, from + grain), worker);
        } catch (Throwable thrown) { // the caller must hear of it, whatever it is
            failure = thrown;
        }
        if (unfinished.decrementAndGet() == 0 && worker > 0) {
            LockSupport.unpark(waiting);
        }
    }

    private void help(int worker) {
        int spins = 0;
        while (!closed) {
            if ((int) claims.get() > 0) {
                claimChunks(worker);
                spins = 0;
            } else if (spins++ < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
                spins = 0;
            }
        }
    }

    private static void rethrow(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
    }

    /** Lets the helpers end. The caller computes alone from then on. */
    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
        }
    }
}
