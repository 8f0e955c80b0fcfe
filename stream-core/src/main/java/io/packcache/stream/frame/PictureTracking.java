package io.packcache.stream.frame;

import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Debug mode for the ownership of pictures, for the whole JVM, on when it is started with
 * {@code -Dpackcache.trackPictures=true}. Every picture of every {@link FramePool} then remembers where it was taken and
 * where it was released. A picture that nobody can reach any more and nobody has released is logged with the stack that
 * took it; one that is released too often throws with both stacks. Costs a stack trace for each picture.
 */
public final class PictureTracking {

    /** The system property that turns tracking on. */
    public static final String PROPERTY = "packcache.trackPictures";

    private static final Logger LOG = LoggerFactory.getLogger(PictureTracking.class);
    private static final boolean ON = Boolean.getBoolean(PROPERTY);
    private static final AtomicLong TAKEN = new AtomicLong();
    private static final Set<PictureTrace> HELD = ConcurrentHashMap.newKeySet();
    private static final Queue<Throwable> FAULTS = new ConcurrentLinkedQueue<>();

    private PictureTracking() {}

    /** Whether pictures are tracked. */
    public static boolean isOn() {
        return ON;
    }

    /** The number of pictures tracked so far, for {@link #heldSince}. */
    public static long taken() {
        return TAKEN.get();
    }

    /** Where the pictures were taken that were taken after the first {@code taken} and are not released. */
    public static List<Throwable> heldSince(long taken) {
        return HELD.stream()
                .filter(trace -> trace.number() >= taken)
                .<Throwable>map(trace -> trace)
                .toList();
    }

    /**
     * What went wrong since the last call: pictures used or released after their release, and those lost that were taken
     * after the first {@code taken}; forgets all of it.
     */
    public static List<Throwable> takeFaults(long taken) {
        List<Throwable> faults = List.copyOf(FAULTS);
        FAULTS.removeAll(faults);
        return faults.stream()
                .filter(fault -> !(fault instanceof PictureTrace lost) || lost.number() >= taken)
                .toList();
    }

    /** Begins to track a picture; null when tracking is off. */
    static PictureTrace begin(VideoFrame picture) {
        if (!ON) {
            return null;
        }
        PictureTrace trace = new PictureTrace(picture.pts(), TAKEN.getAndIncrement());
        HELD.add(trace);
        Cleaners.CLEANER.register(picture, () -> lost(trace));
        return trace;
    }

    static void end(PictureTrace trace) {
        HELD.remove(trace);
    }

    static void fault(Throwable fault) {
        FAULTS.add(fault);
    }

    private static void lost(PictureTrace trace) {
        if (HELD.remove(trace)) {
            FAULTS.add(trace);
            LOG.error("a picture was lost: nobody holds it and nobody has released it", trace);
        }
    }

    /** Starts the cleaner's thread only where something is tracked. */
    private static final class Cleaners {
        static final Cleaner CLEANER = Cleaner.create();
    }
}
