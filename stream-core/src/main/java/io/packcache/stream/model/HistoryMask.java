package io.packcache.stream.model;

import java.util.BitSet;

/**
 * Which content tokens of a finished frame enter the cache as MASK: an even pattern, the same for every frame ("tube").
 */
public final class HistoryMask {

    private HistoryMask() {}

    /**
     * Chooses {@code round(ratio * contentLength)} content indices, spread evenly; halves round to even.
     *
     * @param contentLength content tokens of a frame, row ends included; at least 1
     * @param ratio 0 to 1
     */
    public static BitSet of(int contentLength, double ratio) {
        if (contentLength < 1 || !(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException(
                    "a history mask needs at least 1 content token and a ratio of 0 to 1, got " + contentLength
                            + " and " + ratio);
        }
        int count = (int) Math.rint(ratio * contentLength);
        BitSet masked = new BitSet(contentLength);
        for (int i = 0; i < count; i++) {
            masked.set((int) Math.rint((double) ((long) i * contentLength) / count));
        }
        return masked;
    }
}
