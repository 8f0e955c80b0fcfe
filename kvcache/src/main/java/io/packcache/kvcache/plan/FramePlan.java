package io.packcache.kvcache.plan;

import java.util.BitSet;
import java.util.List;

/**
 * What stays of one frame. Its markers stay with it.
 *
 * @param frame number of the latent frame
 * @param slot the frame's place on the time axis from now on; differs from its present slot when gaps are closed
 * @param kept content that stays. In a layer and head that does not hold one of these tokens it comes back if the frame is
 *     archived, and stays away otherwise
 * @param folds tokens of any frame that become part of kept tokens of this one
 * @param encoding how the content is stored from now on. {@link Encoding#RAW} leaves it as it is: bits once given up do
 *     not return
 */
public record FramePlan(long frame, long slot, Selection kept, List<Fold> folds, Encoding encoding) {

    public FramePlan {
        folds = List.copyOf(folds);
    }

    /** Keeps tokens and changes nothing about how they are stored. */
    public FramePlan(long frame, long slot, Selection kept) {
        this(frame, slot, kept, List.of(), Encoding.RAW);
    }

    /** Keeps the same tokens in every layer and head. */
    public FramePlan(long frame, long slot, BitSet kept) {
        this(frame, slot, Selection.everywhere(kept));
    }

    public FramePlan withFolds(List<Fold> newFolds) {
        return new FramePlan(frame, slot, kept, newFolds, encoding);
    }

    public FramePlan withEncoding(Encoding newEncoding) {
        return new FramePlan(frame, slot, kept, folds, newEncoding);
    }
}
