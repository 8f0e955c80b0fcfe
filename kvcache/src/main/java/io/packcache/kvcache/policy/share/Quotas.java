package io.packcache.kvcache.policy.share;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Exact division by weights with caps. */
public final class Quotas {

    private Quotas() {}

    /** How much each contest can use. */
    public static int[] caps(List<Contest> contests) {
        return contests.stream()
                .mapToInt(contest -> contest.candidates().length)
                .toArray();
    }

    /**
     * Whole numbers by largest remainder. What exceeds a cap is divided among the others by their weights, again and again,
     * so the sum is exact. Equal remainders are decided by order.
     *
     * @param total what is divided, at least 0
     * @param weights at least 0, finite; all zero means equal
     * @param caps most that each can get
     * @return sums to {@code total}, or to the sum of caps if that is less
     */
    public static int[] divide(long total, double[] weights, int[] caps) {
        int[] quotas = new int[caps.length];
        long left = Math.min(total, Arrays.stream(caps).asLongStream().sum());
        while (left > 0) {
            int[] room = IntStream.range(0, caps.length)
                    .filter(i -> quotas[i] < caps[i])
                    .toArray();
            double[] shares = normalised(weights, room);
            long given = 0;
            long[] parts = largestRemainder(left, shares);
            for (int i = 0; i < room.length; i++) {
                int more = (int) Math.min(parts[i], caps[room[i]] - quotas[room[i]]);
                quotas[room[i]] += more;
                given += more;
            }
            left -= given;
        }
        return quotas;
    }

    /** Weights of the cells with room, as shares of 1; equal if none of them weighs anything. */
    private static double[] normalised(double[] weights, int[] room) {
        double sum = Arrays.stream(room).mapToDouble(i -> weights[i]).sum();
        return Arrays.stream(room)
                .mapToDouble(i -> sum > 0 ? weights[i] / sum : 1.0 / room.length)
                .toArray();
    }

    /**
     * Whole parts of {@code total} that sum to it.
     *
     * @param shares sum to 1
     */
    public static long[] largestRemainder(long total, double[] shares) {
        long[] whole =
                Arrays.stream(shares).mapToLong(share -> (long) (total * share)).toArray();
        double[] remainder = new double[shares.length];
        for (int i = 0; i < shares.length; i++) {
            remainder[i] = total * shares[i] - whole[i];
        }
        long missing = total - Arrays.stream(whole).sum();
        int[] order = IntStream.range(0, shares.length)
                .boxed()
                .sorted((a, b) -> Double.compare(remainder[b], remainder[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < missing; i++) {
            whole[order[i % order.length]]++;
        }
        return whole;
    }
}
