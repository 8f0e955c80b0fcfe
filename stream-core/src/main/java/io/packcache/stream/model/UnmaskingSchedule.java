package io.packcache.stream.model;

/**
 * How many codes of a frame are still masked after each refinement step: a cosine, as in MaskGIT (arXiv 2202.04200) and
 * Lumos-1.
 *
 * @param codes codes of a frame, at least 1
 * @param steps refinement steps, at least 1
 */
public record UnmaskingSchedule(int codes, int steps) {

    public UnmaskingSchedule {
        if (codes < 1 || steps < 1) {
            throw new IllegalArgumentException(
                    "a schedule needs at least one code and one step, got " + codes + " and " + steps);
        }
    }

    /**
     * Size of the lowest-confidence set that becomes MASK again at a step, before the last step keeps everything.
     *
     * @param step from 0
     * @param unknown codes masked before the step
     */
    public int lowest(int step, int unknown) {
        return Math.max(1, Math.min(unknown - 1, target(step)));
    }

    /** How many codes the cosine alone leaves masked after a step. */
    int target(int step) {
        // In single precision, as the original computes it: at a ratio of 2/3 the last bit decides one code.
        float ratio = (float) ((step + 1.0) / steps);
        float angle = ratio * (float) Math.PI * 0.5f;
        float share = (float) Math.cos(angle);
        return (int) Math.floor(codes * share);
    }

    /** Codes masked after a step; none after the last one. */
    public int masked(int step, int unknown) {
        return step == steps - 1 ? 0 : Math.min(unknown, lowest(step, unknown));
    }

    /** Share of the choice temperature left at a step: the product of {@code 1 - (s + 1) / steps} up to it. */
    public double choiceShare(int step) {
        double share = 1;
        for (int s = 0; s <= step; s++) {
            share *= 1 - (s + 1.0) / steps;
        }
        return share;
    }
}
