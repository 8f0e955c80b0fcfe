package io.packcache.kvcache.plan;

import java.util.List;

/**
 * A compaction, described by what tokens are and not by where they lie, so that it can be applied to every branch, layer
 * and backend alike.
 *
 * @param textQuota text tokens that stay; when a branch holds more they are thinned evenly
 * @param frames frames that stay or come back from the archive, in time order; a frame not named leaves with its markers
 * @param nextSlot place on the time axis of the next frame to be generated
 */
public record CompactionPlan(int textQuota, List<FramePlan> frames, long nextSlot) {

    /** Text quota that keeps all text. */
    public static final int ALL_TEXT = Integer.MAX_VALUE;

    public CompactionPlan {
        frames = List.copyOf(frames);
    }
}
