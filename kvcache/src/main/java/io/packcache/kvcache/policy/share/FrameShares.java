package io.packcache.kvcache.policy.share;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Divides a number of tokens among frames by their distance in time, exactly.
 *
 * <p>Frames are listed nearest first. The result sums to the tokens to be divided, or to all that the frames hold if that
 * is less; no frame gets more than it holds; and a nearer frame gets at least as much as a farther one unless it holds no
 * more.
 */
public final class FrameShares {

    private FrameShares() {}

    /**
     * PackCache's shares (arXiv 2601.04359, section 3.4): {@code rho^min(d, window - 1)}, normalised.
     *
     * @param rho decay per frame, above 0, at most 1
     * @param window frames within reach, W
     * @param nearest distance d of the nearest frame, 1 for the newest
     * @param frames number of frames, at distances {@code nearest, nearest + 1, ...}
     * @param minimum share that every frame gets before the rest is divided, from 0 to 1 / frames
     */
    public static double[] geometric(double rho, int window, int nearest, int frames, double minimum) {
        double[] decay = IntStream.range(nearest, nearest + frames)
                .mapToDouble(distance -> Math.pow(rho, Math.min(distance, window - 1) - Math.min(nearest, window - 1)))
                .toArray();
        double sum = Arrays.stream(decay).sum();
        double rest = Math.max(0, 1 - frames * minimum);
        return Arrays.stream(decay).map(share -> minimum + rest * share / sum).toArray();
    }

    /**
     * Whole tokens by largest remainder. What exceeds a frame's cap goes to the nearest frames that have room.
     *
     * @param tokens tokens to divide, at least 0
     * @param shares falling or equal with distance; they sum to 1
     * @param caps what each frame holds
     */
    public static int[] divide(long tokens, double[] shares, int[] caps) {
        long total = Math.min(tokens, Arrays.stream(caps).asLongStream().sum());
        long[] ideal = Quotas.largestRemainder(total, shares);
        int[] quotas = new int[caps.length];
        long surplus = total;
        for (int frame = 0; frame < caps.length; frame++) {
            quotas[frame] = (int) Math.min(ideal[frame], caps[frame]);
            surplus -= quotas[frame];
        }
        for (int frame = 0; frame < caps.length; frame++) {
            int more = (int) Math.min(surplus, caps[frame] - quotas[frame]);
            quotas[frame] += more;
            surplus -= more;
        }
        return quotas;
    }
}
