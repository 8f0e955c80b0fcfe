package io.packcache.kvcache.plan;

import java.util.BitSet;

/**
 * What a cache holds of one frame.
 *
 * @param frame number of the latent frame in the session, from 0; never changes
 * @param slot place of the frame on the time axis of positions; equals {@code frame} until gaps are closed
 * @param condition true for a conditioning frame (an anchor)
 * @param held content held; not to be modified
 * @param masked content indices of {@code held} that were stored as MASK; not to be modified
 * @param multiplicities what each held token stands for
 * @param encoding how the content is stored
 * @param archived whether the archive has a copy of what the frame once held
 */
public record FrameView(
        long frame,
        long slot,
        boolean condition,
        Selection held,
        BitSet masked,
        Multiplicities multiplicities,
        Encoding encoding,
        boolean archived) {

    /** A frame held raw, nothing folded, no copy in the archive, the same in every layer and head. */
    public FrameView(long frame, long slot, boolean condition, BitSet held, BitSet masked) {
        this(frame, slot, condition, Selection.everywhere(held), masked, Multiplicities.ONES, Encoding.RAW, false);
    }
}
