package io.packcache.kvcache.policy;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.policy.score.Highest;
import java.util.BitSet;
import java.util.Objects;

/**
 * Which tokens of a frame make up its share.
 *
 * @param dropMasked whether entries stored as MASK leave when a frame is packed
 * @param withinFrame what decides between the others
 * @param stratified whether scores decide only within each patch of an even cover, so that no part of the picture is lost;
 *     else the highest scores of the whole frame stay
 * @param refine whether layers and heads choose together; an even cover is the same for all of them
 */
public record Choice(boolean dropMasked, WithinFrame withinFrame, boolean stratified, Refine refine) {

    public Choice {
        Objects.requireNonNull(withinFrame, "withinFrame");
        Objects.requireNonNull(refine, "refine");
    }

    public Choice withDropMasked(boolean newDropMasked) {
        return new Choice(newDropMasked, withinFrame, stratified, refine);
    }

    public Choice withWithinFrame(WithinFrame newWithinFrame) {
        return new Choice(dropMasked, newWithinFrame, stratified, refine);
    }

    public Choice withStratified(boolean newStratified) {
        return new Choice(dropMasked, withinFrame, newStratified, refine);
    }

    public Choice withRefine(Refine newRefine) {
        return new Choice(dropMasked, withinFrame, stratified, newRefine);
    }

    /**
     * The {@code count} tokens that stay.
     *
     * @param scores by content index, or {@link EvenCover#UNSCORED}
     */
    BitSet of(FrameGrid grid, BitSet candidates, int count, float[] scores) {
        if (stratified || scores.length == 0) {
            return EvenCover.thin(grid, candidates, count, scores);
        }
        int[] places = candidates.stream().toArray();
        float[] competing = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            competing[i] = scores[places[i]];
        }
        BitSet kept = new BitSet();
        for (int winner : Highest.of(competing, count)) {
            kept.set(places[winner]);
        }
        return kept;
    }
}
