package io.packcache.kvcache.tier;

import io.packcache.kvcache.CacheParts;
import io.packcache.kvcache.snapshot.TensorFileReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

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
    private final DiskTier disk;
    private final Map<Long, FrameCopy> copies = new LinkedHashMap<>(); // longest unused first
    private long hostBytes;
    private long largest; // bytes of the largest copy so far

    /** A store that writes with a daemon thread of its own. */
    public FrameStore(TierSettings settings) {
        this(settings, null);
    }

    /**
     * A store whose files somebody else's thread writes.
     *
     * @param writer runs one write after another, in order; null for a thread of the store's own
     */
    public FrameStore(TierSettings settings, Executor writer) {
        this.settings = settings;
        this.disk = new DiskTier(this, settings, writer, this::written);
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
        return disk.bytes();
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
        disk.requireNoFailure();
        while (hostBytes > settings.hostBytes() - copy.bytes) {
            if (!disk.isWriting() && !writeOldest()) {
                throw new TierFullException("there is no room for latent frame " + copy.frame + ", which takes "
                        + copy.bytes + " bytes: the host tier holds " + hostBytes + " of " + settings.hostBytes()
                        + " bytes, the disk tier " + disk.bytes() + " of " + settings.diskBytes());
            }
            disk.awaitWhile(() -> hostBytes > settings.hostBytes() - copy.bytes);
            disk.requireNoFailure();
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
        disk.awaitWhile(() -> hostBytes > settings.hostBytes() - largest);
        disk.requireNoFailure();
    }

    /** Begins to make room for one more copy of this size. */
    private void writeAhead(long next) {
        long staying = copies.values().stream()
                .filter(copy -> copy.state == FrameCopy.State.HOST)
                .mapToLong(copy -> copy.bytes)
                .sum();
        while (staying > settings.hostBytes() - next) {
            FrameCopy oldest = oldest();
            if (oldest == null || !disk.write(oldest)) {
                return;
            }
            staying -= oldest.bytes;
        }
    }

    private boolean writeOldest() {
        FrameCopy oldest = oldest();
        return oldest != null && disk.write(oldest);
    }

    private FrameCopy oldest() {
        return copies.values().stream()
                .filter(copy -> copy.state == FrameCopy.State.HOST)
                .findFirst()
                .orElse(null);
    }

    private void written(FrameCopy copy) {
        if (copy.kept) {
            hostBytes -= copy.bytes;
        } else {
            disk.forget(copy);
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
            file = requireFile(copy);
        }
        return FrameFiles.read(copy.frame, file);
    }

    /**
     * Says what a copy has without reading it: of a file the header is read and checked.
     *
     * @throws TierException if the file cannot be read or its header was altered
     */
    public TensorFileReader.Outline outline(FrameCopy copy) {
        Path file;
        synchronized (this) {
            if (copy.parts != null) {
                return copy.parts.outline();
            }
            file = requireFile(copy);
        }
        return FrameFiles.outline(copy.frame, file);
    }

    private static Path requireFile(FrameCopy copy) {
        if (copy.file == null) {
            throw new TierException("latent frame " + copy.frame + " is in no tier any more", null);
        }
        return copy.file;
    }

    /** Forgets all copies but these. */
    public synchronized void retain(Collection<FrameCopy> kept) {
        List<FrameCopy> gone = new ArrayList<>(copies.values());
        gone.removeAll(kept);
        for (FrameCopy copy : gone) {
            copies.remove(copy.frame);
            copy.kept = false;
            if (copy.state == FrameCopy.State.DISK) {
                disk.forget(copy);
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
            disk.remember(copy);
            copy.kept = true;
            copies.put(copy.frame, copy);
        } else {
            takeIn(copy);
        }
    }

    /** Forgets everything and deletes all files, once the writer has ended what it is at. Closing twice does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            disk.clear();
            for (FrameCopy copy : copies.values()) {
                copy.kept = false;
                copy.state = copy.parts == null ? FrameCopy.State.GONE : copy.state;
                copy.file = null;
            }
            copies.clear();
            hostBytes = 0;
        }
        disk.close();
    }
}
