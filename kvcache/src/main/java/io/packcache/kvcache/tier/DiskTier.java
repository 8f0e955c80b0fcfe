package io.packcache.kvcache.tier;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Files of copies within a budget of bytes, written one after another by a thread beside generation. Files of forgotten
 * copies stay, and count, until their bytes are needed.
 *
 * <p>Called by the owner of {@code lock} alone, apart from the writer, which takes it when a file is done.
 */
final class DiskTier {

    private final Object lock;
    private final long budget;
    private final Executor writer;
    private final ExecutorService own; // to be ended with the tier; null if the writer is somebody else's
    private final FrameFiles files;
    private final Consumer<FrameCopy> written;
    private final Deque<FrameCopy> forgotten = new ArrayDeque<>(); // oldest first
    private long bytes;
    private int writing;
    private TierException failure;

    /**
     * @param writer runs one write after another, in order; null for a daemon thread of the tier's own
     * @param written hears, with the lock taken, of each copy that is on disk from then on
     */
    DiskTier(Object lock, TierSettings settings, Executor writer, Consumer<FrameCopy> written) {
        this.lock = lock;
        this.budget = settings.diskBytes();
        this.own = writer == null ? Executors.newSingleThreadExecutor(DiskTier::thread) : null;
        this.writer = writer == null ? own : writer;
        this.files = new FrameFiles(settings.directory());
        this.written = written;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "packcache-tier");
        thread.setDaemon(true);
        return thread;
    }

    /** Bytes of all files, those that are being written and those of forgotten copies included. */
    long bytes() {
        return bytes;
    }

    /** Whether files are being written. */
    boolean isWriting() {
        return writing > 0;
    }

    /** Hands a copy to the writer; false if there is no room for it. */
    boolean write(FrameCopy copy) {
        if (budget == 0) {
            return false;
        }
        long size = FrameFiles.size(copy.parts);
        while (bytes > budget - size && !forgotten.isEmpty()) {
            drop(forgotten.poll());
        }
        if (bytes > budget - size) {
            return false;
        }
        bytes += size;
        copy.fileBytes = size;
        copy.state = FrameCopy.State.WRITING;
        writing++;
        writer.execute(() -> writeFile(copy));
        return true;
    }

    /** On the writer's thread. */
    private void writeFile(FrameCopy copy) {
        Path file = null;
        Exception failed = null;
        try {
            file = files.write(copy.frame, copy.parts);
        } catch (IOException | RuntimeException e) {
            failed = e;
        }
        synchronized (lock) {
            writing--;
            if (failed == null) {
                copy.file = file;
                copy.state = FrameCopy.State.DISK;
                copy.parts = null;
                written.accept(copy);
            } else {
                bytes -= copy.fileBytes;
                copy.state = FrameCopy.State.HOST;
                failure = new TierException(
                        "latent frame " + copy.frame + " cannot be written to the disk tier: " + failed.getMessage(),
                        failed);
            }
            lock.notifyAll();
        }
    }

    private void drop(FrameCopy copy) {
        FrameFiles.delete(copy.file);
        bytes -= copy.fileBytes;
        copy.file = null;
        copy.state = FrameCopy.State.GONE;
    }

    /** The file of a copy may go when its bytes are needed. */
    void forget(FrameCopy copy) {
        forgotten.add(copy);
    }

    /** It may not, after all. */
    void remember(FrameCopy copy) {
        forgotten.remove(copy);
    }

    /** Waits for the writer as long as it has something to write, none of it failed, and this holds. */
    void awaitWhile(BooleanSupplier full) {
        try {
            while (failure == null && writing > 0 && full.getAsBoolean()) {
                lock.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TierException("interrupted while waiting for the disk tier", e);
        }
    }

    /**
     * Reports once what could not be written since this was asked last.
     *
     * @throws TierException that says so
     */
    void requireNoFailure() {
        if (failure != null) {
            TierException reported = failure;
            failure = null;
            throw reported;
        }
    }

    /** Forgets all copies, once the writer has ended what it is at: it is waited for so that no file is left behind. */
    void clear() {
        boolean interrupted = false;
        while (writing > 0) {
            try {
                lock.wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        for (FrameCopy copy : forgotten) {
            copy.state = FrameCopy.State.GONE;
            copy.file = null;
        }
        forgotten.clear();
        bytes = 0;
    }

    /** Deletes all files. */
    void close() {
        if (own != null) {
            own.shutdown();
        }
        files.close();
    }
}
