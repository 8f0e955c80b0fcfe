package io.packcache.examples.onair;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Watches a broadcast on a thread of its own: when each picture goes out, and now and then the memory of the process. */
public final class Soak implements AutoCloseable {

    /** How late a picture may be seen. */
    private static final long GLANCE = Duration.ofMillis(1).toNanos();

    private final LongSupplier position;
    private final long period;
    private final SoakSamples samples;
    private final Thread thread = new Thread(this::watch, "packcache-soak");
    private volatile boolean closed;

    /**
     * Begins to watch.
     *
     * @param position time of the newest picture sent, in pictures; 0 for the first
     * @param samples where it goes; not to be touched before {@link #end}
     * @param period between looks at the memory
     */
    public Soak(LongSupplier position, SoakSamples samples, Duration period) {
        this.position = position;
        this.period = period.toNanos();
        this.samples = samples;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long nextLook = System.nanoTime();
        long seen = 0; // before the first picture, too
        while (!closed) {
            long newest = position.getAsLong();
            if (newest == seen) {
                LockSupport.parkNanos(GLANCE);
                continue;
            }
            long now = System.nanoTime();
            seen = newest;
            samples.sent(now, newest);
            if (now - nextLook >= 0) {
                samples.look(ProcessMemory.now());
                nextLook += period;
            }
        }
    }

    /** Ends watching. */
    public void end() throws InterruptedException {
        close();
        thread.join();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
