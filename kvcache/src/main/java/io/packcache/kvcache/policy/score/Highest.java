package io.packcache.kvcache.policy.score;

import java.util.Arrays;

/**
 * The highest scores of many, block by block: what is chosen after the last block is the same as if all scores had been
 * offered at once. Of equal scores the later token wins.
 */
public final class Highest {

    private final int count;
    private long[] chosen = {};

    /** @param count how many are chosen, at least 0 */
    public Highest(int count) {
        this.count = count;
    }

    /** The highest {@code count} of {@code scores}, ascending indices. */
    public static int[] of(float[] scores, int count) {
        return new Highest(count).offer(scores, 0).chosen();
    }

    /** Offers the tokens {@code first, first + 1, ...}; their scores must be numbers. */
    public Highest offer(float[] scores, int first) {
        long[] all = Arrays.copyOf(chosen, chosen.length + scores.length);
        for (int i = 0; i < scores.length; i++) {
            if (Float.isNaN(scores[i])) {
                throw new IllegalArgumentException("the score of token " + (first + i) + " is not a number");
            }
            all[chosen.length + i] = (ranked(scores[i]) << Integer.SIZE) | (first + i);
        }
        Arrays.sort(all);
        chosen = Arrays.copyOfRange(all, Math.max(0, all.length - count), all.length);
        return this;
    }

    /** The tokens chosen so far, ascending. */
    public int[] chosen() {
        return Arrays.stream(chosen).mapToInt(entry -> (int) entry).sorted().toArray();
    }

    /** A number that orders as the score does. */
    private static long ranked(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return bits ^ ((bits >> (Integer.SIZE - 1)) & Integer.MAX_VALUE);
    }
}
