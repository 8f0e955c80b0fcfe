package io.packcache.kvcache.plan;

import java.util.List;
import java.util.Set;

/**
 * A compaction, described by what tokens are and not by where they lie, so that it can be applied to every branch, layer
 * and backend alike.
 *
 * @param textQuota text tokens that stay; when a branch holds more they are thinned evenly
 * @param frames frames that stay or come back from the archive, in time order; a frame not named leaves with its markers
 * @param nextSlot place on the time axis of the next frame to be generated
 * @param archive generated frames of which the archive has a copy from now on, as they were when they first were in this
 *     set; a copy not named is forgotten. Empty for a cache without an archive
 */
public record CompactionPlan(int textQuota, List<FramePlan> frames, long nextSlot, Set<Long> archive) {

    /** Text quota that keeps all text. */
    public static final int ALL_TEXT = Integer.MAX_VALUE;

    public CompactionPlan {
        frames = List.copyOf(frames);
        archive = Set.copyOf(archive);
    }

    /** A plan that archives nothing. */
    public CompactionPlan(int textQuota, List<FramePlan> frames, long nextSlot) {
        this(textQuota, frames, nextSlot, Set.of());
    }

    /** What becomes of a frame; null if it leaves. Frames must be in time order. */
    public FramePlan of(long frame) {
        int low = 0;
        int high = frames.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            FramePlan found = frames.get(middle);
            if (found.frame() == frame) {
                return found;
            }
            if (found.frame() < frame) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** The same with other frames. */
    public CompactionPlan withFrames(List<FramePlan> newFrames) {
        return new CompactionPlan(textQuota, newFrames, nextSlot, archive);
    }

    /** The same with another archive. */
    public CompactionPlan withArchive(Set<Long> newArchive) {
        return new CompactionPlan(textQuota, frames, nextSlot, newArchive);
    }
}
