package io.packcache.kvcache.tier;

import io.packcache.kvcache.CacheParts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Copies of frames in two tiers, host memory and disk, each within its budget of bytes at every moment.
 *
 * <p>A copy enters host memory. When the next one would not fit there, those that were put or read longest ago are written
 * to disk by a thread of the store. That runs beside generation; only {@link #put} waits for it, and only when there is no
 * room: so whoever compacts lets demand through once the writer has caught up, and a slow disk slows frames down instead of
 * filling memory. With no room on disk either the copy is refused.
 *
 * <p>A copy that is {@linkplain #retain forgotten} leaves host memory at once; its file stays, and counts, until its bytes
 * are needed, so that going back a little finds it again.
 *
 * <p>Called from one thread at a time, apart from its own writer.
 */
public final class FrameStore implements AutoCloseable {

    private final TierSettings settings;
    private final Executor writer;
    private final ExecutorService own; // to be ended with the store; null if the writer is somebody else's
    private final FrameFiles files;
    private final Map<Long, FrameCopy> copies = new LinkedHashMap<>(); // longest unused first
    private final Deque<FrameCopy> forgotten = new ArrayDeque<>(); // those on disk, oldest first
    private long hostBytes;
    private long diskBytes;
    private long largest; // bytes of the largest copy so far
    private int writing;
    private TierException failure;

    /** A store that writes with a daemon thread of its own. */
    public FrameStore(TierSettings settings) {
        this(settings, Executors.newSingleThreadExecutor(FrameStore::thread));
    }

    private FrameStore(TierSettings settings, ExecutorService own) {
        this.settings = settings;
        this.writer = own;
        this.own = own;
        this.files = new FrameFiles(settings.directory());
    }

    /**
     * A store whose files somebody else's thread writes.
     *
     * @param writer runs one write after another, in order
     */
    public FrameStore(TierSettings settings, Executor writer) {
        this.settings = settings;
        this.writer = writer;
        this.own = null;
        this.files = new FrameFiles(settings.directory());
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "packcache-tier");
        thread.setDaemon(true);
        return thread;
    }

    /** What it may take. */
    public TierSettings settings() {
        return settings;
    }

    /** Bytes of all copies in host memory, those that are being written included; headers of arrays are not counted. */
    public synchronized long hostBytes() {
        return hostBytes;
    }

    /** Bytes of all files, those that are being written and those of forgotten frames included. */
    public synchronized long diskBytes() {
        return diskBytes;
    }

    /**
     * Takes a copy of a frame over. Waits for the writer if host memory is full.
     *
     * @throws TierFullException if there is no room in any tier
     * @throws TierException if an earlier copy could not be written to disk
     */
    public synchronized FrameCopy put(long frame, CacheParts parts) {
        FrameCopy copy = new FrameCopy(frame, parts);
        takeIn(copy);
        writeAhead(copy.bytes);
        return copy;
    }

    private void takeIn(FrameCopy copy) {
        if (copy.bytes > settings.hostBytes()) {
            throw new TierFullException("a copy of latent frame " + copy.frame + " takes " + copy.bytes
                    + " bytes, and the host tier holds " + settings.hostBytes() + " at most");
        }
        requireNoFailure();
        while (hostBytes > settings.hostBytes() - copy.bytes) {
            if (writing == 0 && !writeOldest()) {
                throw new TierFullException("there is no room for latent frame " + copy.frame + ", which takes "
                        + copy.bytes + " bytes: the host tier holds " + hostBytes + " of " + settings.hostBytes()
                        + " bytes, the disk tier " + diskBytes + " of " + settings.diskBytes());
            }
            awaitWhile(() -> hostBytes > settings.hostBytes() - copy.bytes);
            requireNoFailure();
        }
        largest = Math.max(largest, copy.bytes);
        hostBytes += copy.bytes;
        copy.kept = true;
        copies.put(copy.frame, copy);
    }

    /**
     * Waits while a copy as large as the largest so far does not fit and files are being written.
     *
     * @throws TierException if a copy could not be written to disk
     */
    public synchronized void awaitRoom() {
        awaitWhile(() -> hostBytes > settings.hostBytes() - largest);
        requireNoFailure();
    }

    /** Begins to make room for one more copy of this size. */
    private void writeAhead(long next) {
        long staying = copies.values().stream()
                .filter(copy -> copy.state == FrameCopy.State.HOST)
                .mapToLong(copy -> copy.bytes)
                .sum();
        while (staying > settings.hostBytes() - next) {
            FrameCopy oldest = oldest();
            if (oldest == null || !write(oldest)) {
                return;
            }
            staying -= oldest.bytes;
        }
    }

    private boolean writeOldest() {
        FrameCopy oldest = oldest();
        return oldest != null && write(oldest);
    }

    private FrameCopy oldest() {
        return copies.values().stream()
                .filter(copy -> copy.state == FrameCopy.State.HOST)
                .findFirst()
                .orElse(null);
    }

    /** Hands a copy to the writer; false if the disk has no room for it. */
    private boolean write(FrameCopy copy) {
        if (settings.diskBytes() == 0) {
            return false;
        }
        long size = FrameFiles.size(copy.parts);
        while (diskBytes > settings.diskBytes() - size && !forgotten.isEmpty()) {
            drop(forgotten.poll());
        }
        if (diskBytes > settings.diskBytes() - size) {
            return false;
        }
        diskBytes += size;
        copy.fileBytes = size;
        copy.state = FrameCopy.State.WRITING;
        writing++;
        writer.execute(() -> written(copy));
        return true;
    }

    /** On the writer's thread. */
    private void written(FrameCopy copy) {
        Path file = null;
        Exception failed = null;
        try {
            file = files.write(copy.frame, copy.parts);
        } catch (IOException | RuntimeException e) {
            failed = e;
        }
        synchronized (this) {
            writing--;
            if (failed == null) {
                copy.file = file;
                copy.state = FrameCopy.State.DISK;
                copy.parts = null;
                if (copy.kept) {
                    hostBytes -= copy.bytes;
                } else {
                    forgotten.add(copy);
                }
            } else {
                diskBytes -= copy.fileBytes;
                copy.state = FrameCopy.State.HOST;
                failure = new TierException(
                        "latent frame " + copy.frame + " cannot be written to the disk tier: " + failed.getMessage(),
                        failed);
            }
            notifyAll();
        }
    }

    /**
     * Reads a copy, wherever it is; a file is read and checked.
     *
     * @throws TierException if the file cannot be read or was altered
     */
    public CacheParts read(FrameCopy copy) {
        Path file;
        synchronized (this) {
            if (copies.get(copy.frame) == copy) {
                copies.remove(copy.frame);
                copies.put(copy.frame, copy); // used last
            }
            if (copy.parts != null) {
                return copy.parts;
            }
            file = copy.file;
        }
        if (file == null) {
            throw new TierException("latent frame " + copy.frame + " is in no tier any more", null);
        }
        return FrameFiles.read(copy.frame, file);
    }

    /** Forgets all copies but these. */
    public synchronized void retain(Collection<FrameCopy> kept) {
        List<FrameCopy> gone = new ArrayList<>(copies.values());
        gone.removeAll(kept);
        for (FrameCopy copy : gone) {
            copies.remove(copy.frame);
            copy.kept = false;
            if (copy.state == FrameCopy.State.DISK) {
                forgotten.add(copy);
            } else {
                hostBytes -= copy.bytes;
            }
        }
    }

    /**
     * Holds exactly these copies from now on, of which some may have been forgotten.
     *
     * @throws TierException if one of them is in no tier any more, or there is no room for it; nothing has changed then
     */
    public synchronized void restore(Collection<FrameCopy> wanted) {
        for (FrameCopy copy : wanted) {
            if (copy.state == FrameCopy.State.GONE) {
                throw new TierException(
                        "latent frame " + copy.frame + " was forgotten since, and its file had to make room for others;"
                                + " go back less far, or give the disk tier more than " + settings.diskBytes()
                                + " bytes",
                        null);
            }
        }
        List<FrameCopy> before = List.copyOf(copies.values());
        retain(wanted);
        try {
            for (FrameCopy copy : wanted) {
                revive(copy);
            }
        } catch (TierException refused) {
            retain(before);
            before.forEach(this::revive);
            throw refused;
        }
    }

    private void revive(FrameCopy copy) {
        if (copy.kept) {
            return;
        }
        if (copy.state == FrameCopy.State.DISK) {
            forgotten.remove(copy);
            copy.kept = true;
            copies.put(copy.frame, copy);
        } else {
            takeIn(copy);
        }
    }

    private void drop(FrameCopy copy) {
        FrameFiles.delete(copy.file);
        diskBytes -= copy.fileBytes;
        copy.file = null;
        copy.state = FrameCopy.State.GONE;
    }

    /** Waits for the writer as long as it has something to write, none of it failed, and this holds. */
    private void awaitWhile(BooleanSupplier full) {
        try {
            while (failure == null && writing > 0 && full.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TierException("interrupted while waiting for the disk tier", e);
        }
    }

    /** What is being written is waited for whatever happens, so that no file is left behind. */
    private void awaitWriter() {
        boolean interrupted = false;
        while (writing > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireNoFailure() {
        if (failure != null) {
            TierException reported = failure;
            failure = null;
            throw reported;
        }
    }

    /** Forgets everything and deletes all files, once the writer has ended what it is at. Closing twice does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            awaitWriter();
            for (FrameCopy copy : copies.values()) {
                copy.kept = false;
                copy.state = copy.parts == null ? FrameCopy.State.GONE : copy.state;
                copy.file = null;
            }
            forgotten.forEach(copy -> {
                copy.state = FrameCopy.State.GONE;
                copy.file = null;
            });
            copies.clear();
            forgotten.clear();
            hostBytes = 0;
            diskBytes = 0;
        }
        if (own != null) {
            own.shutdown();
        }
        files.close();
    }
}
