package io.packcache.examples.onair;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Looks at a broadcast now and then, on a thread of its own, each time just when a picture goes out. */
public final class Soak implements AutoCloseable {

    /** How long a look may be off. */
    private static final long GLANCE = Duration.ofMillis(1).toNanos();

    private static final Path STATUS = Path.of("/proc/self/status");

    private static final List<MemoryPoolMXBean> COMPILED = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getName().startsWith("Code"))
            .toList();

    private final LongSupplier position;
    private final long period;
    private final SoakSamples samples;
    private final Thread thread = new Thread(this::watch, "packcache-soak");
    private volatile boolean closed;

    /**
     * Begins to look.
     *
     * @param position time of the newest picture sent, in pictures; 0 for the first
     */
    public Soak(LongSupplier position, int fps, Duration period) {
        this.position = position;
        this.period = period.toNanos();
        samples = new SoakSamples(fps);
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long next = System.nanoTime();
        while (!closed) {
            long before = position.getAsLong();
            while (!closed && (System.nanoTime() - next < 0 || position.getAsLong() == before || before == 0)) {
                before = position.getAsLong();
                LockSupport.parkNanos(GLANCE);
            }
            if (!closed) {
                look();
                next += period;
            }
        }
    }

    private void look() {
        long picture = position.getAsLong();
        long now = System.nanoTime();
        long resident = residentBytes();
        long code =
                COMPILED.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
        synchronized (samples) {
            samples.add(now, picture, resident, code);
        }
    }

    /** Bytes of this process in memory, as the kernel counts them; 0 where it does not say. */
    private static long residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Ends looking; returns what was seen. */
    public SoakSamples end() {
        close();
        synchronized (samples) {
            return samples;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
