package io.packcache.kvcache.plan;

import java.util.BitSet;

/**
 * What a cache holds of one frame.
 *
 * @param frame number of the latent frame in the session, from 0; never changes
 * @param slot place of the frame on the time axis of positions; equals {@code frame} until gaps are closed
 * @param condition true for a conditioning frame (an anchor)
 * @param held content indices held, see {@link io.packcache.kvcache.FrameGrid}; not to be modified
 * @param masked those of {@code held} that were stored as MASK; not to be modified
 * @param valueNorms {@link Signal#VALUE_NORM} by content index, or {@link #UNASKED}; not to be modified
 */
public record FrameView(long frame, long slot, boolean condition, BitSet held, BitSet masked, float[] valueNorms) {

    /** A signal that nobody asked for. */
    public static final float[] UNASKED = {};

    /** A frame without signals. */
    public FrameView(long frame, long slot, boolean condition, BitSet held, BitSet masked) {
        this(frame, slot, condition, held, masked, UNASKED);
    }
}
