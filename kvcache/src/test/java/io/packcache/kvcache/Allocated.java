package io.packcache.kvcache;

import java.lang.management.ManagementFactory;

/** Counts what the calling thread allocates. */
public final class Allocated {

    private Allocated() {}

    /** Bytes that the work allocates. */
    public static long by(Runnable work) {
        long before = soFar();
        work.run();
        return soFar() - before;
    }

    /** Runs work that may fail, but must not allocate more than this before it does. */
    public static void atMost(long bytes, Runnable work) {
        long before = soFar();
        RuntimeException failure = null;
        try {
            work.run();
        } catch (RuntimeException failed) {
            failure = failed;
        }
        long allocated = soFar() - before;
        if (allocated > bytes) {
            throw new AssertionError("allocated " + allocated + " bytes, more than " + bytes, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static long soFar() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
