package io.packcache.kvcache.compute;

import java.util.Objects;

/**
 * What is the same for every frame that one {@link MaskedFrame} finds: where its codes stand among the rows of a batch, and how
 * they are drawn.
 *
 * @param branches 1, or 2 where the second half of the batch is the unguided branch
 * @param rowOfCode where each code stands among the rows of its frame
 * @param ids token id of each row of a frame whose codes are all unknown: MASK stands where they will be
 * @param storedIds the same as the frame is stored; negative where its code stands
 * @param firstCode token id of code 0
 * @param outputs how many codes there are: columns of the logits
 * @param unknownAfter by step, how many codes the schedule leaves unknown; the last step, whose number is not read, leaves none
 * @param guidance see {@link Backend#sample}
 * @param temperature see {@link Backend#sample}
 */
public record MaskedLayout(
        int branches,
        int[] rowOfCode,
        int[] ids,
        int[] storedIds,
        int firstCode,
        int outputs,
        int[] unknownAfter,
        float guidance,
        float temperature) {

    public MaskedLayout {
        if (branches < 1 || branches > 2 || rowOfCode.length < 1 || unknownAfter.length < 1 || outputs < 1) {
            throw new IllegalArgumentException("a frame needs 1 or 2 branches, and codes, steps and outputs, got "
                    + branches + ", " + rowOfCode.length + ", " + unknownAfter.length + " and " + outputs);
        }
        if (ids.length != storedIds.length || firstCode < 0) {
            throw new IllegalArgumentException("a frame has as many rows when it is stored, got " + ids.length + " and "
                    + storedIds.length + "; ids begin at 0, got " + firstCode);
        }
        for (int row : rowOfCode) {
            Objects.checkIndex(row, ids.length);
        }
    }

    /** Codes of a frame. */
    public int codes() {
        return rowOfCode.length;
    }

    /** Refinement steps of a frame. */
    public int steps() {
        return unknownAfter.length;
    }

    /** Rows of a frame, codes and markers. */
    public int frameRows() {
        return ids.length;
    }

    /** Rows of the batch: a frame in each branch. */
    public int batchRows() {
        return Math.multiplyExact(branches, ids.length);
    }

    /** The token id that stands for a code that is not known. */
    public int maskId() {
        return ids[rowOfCode[0]];
    }

    /** Every token id of the batch is below this number. */
    public int idBound() {
        int bound = Math.addExact(firstCode, outputs);
        for (int row = 0; row < ids.length; row++) {
            bound = Math.max(bound, Math.max(ids[row], storedIds[row]) + 1);
        }
        return bound;
    }

    /**
     * How many codes become unknown again at the end of a step: as many as the schedule says, but always at least one less
     * than before, and at least one; none at the last step.
     *
     * @param unknown codes that the step has drawn
     */
    public int lowest(int step, int unknown) {
        return step == steps() - 1 ? 0 : Math.max(1, Math.min(unknown - 1, unknownAfter[step]));
    }
}
