package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.policy.score.Highest;
import java.util.Arrays;
import java.util.List;

/**
 * Lets layers compete slot by slot: slot r of a layer is worth the mean over its heads of each head's r-th highest score,
 * and the slots worth most in the whole model are filled. Every head of a layer gets as many tokens as its layer has slots;
 * the first layer's slots are worth at least those of any other, so it is never the smallest.
 */
public record CompositeRanks() implements Allocator {

    @Override
    public int[] quotas(List<Contest> contests, long total) {
        int heads = contests.get(0).cell().view().shape().kvHeads();
        int layers = contests.size() / heads;
        float[][] worth = new float[layers][];
        for (int layer = 0; layer < layers; layer++) {
            worth[layer] = composite(contests.subList(layer * heads, (layer + 1) * heads));
        }
        raiseFirst(worth);
        Highest slots = new Highest((int) Math.min(Integer.MAX_VALUE, total / heads));
        int[] firstSlot = new int[layers];
        int offered = 0;
        for (int layer = layers - 1; layer >= 0; layer--) { // the deepest first: of equal slots the last offered wins
            firstSlot[layer] = offered;
            slots.offer(worth[layer], offered);
            offered += worth[layer].length;
        }
        int[] filled = new int[contests.size()];
        for (int slot : slots.chosen()) {
            int layer = 0;
            while (firstSlot[layer] > slot) {
                layer++;
            }
            for (int head = 0; head < heads; head++) {
                filled[layer * heads + head]++;
            }
        }
        return exact(contests, filled, total);
    }

    /** Slots end where the shortest head does. */
    private static float[] composite(List<Contest> layer) {
        int slots = layer.stream()
                .mapToInt(contest -> contest.scores().length)
                .min()
                .orElse(0);
        double[] sum = new double[slots];
        for (Contest contest : layer) {
            float[] sorted = contest.scores().clone();
            Arrays.sort(sorted);
            for (int rank = 0; rank < slots; rank++) {
                sum[rank] += sorted[sorted.length - 1 - rank];
            }
        }
        float[] mean = new float[slots];
        for (int rank = 0; rank < slots; rank++) {
            mean[rank] = (float) (sum[rank] / layer.size());
        }
        return mean;
    }

    private static void raiseFirst(float[][] worth) {
        for (float[] layer : worth) {
            for (int rank = 0; rank < Math.min(worth[0].length, layer.length); rank++) {
                worth[0][rank] = Math.max(worth[0][rank], layer[rank]);
            }
        }
    }

    /** What no whole slot could take goes to the cells that have most room for it, evenly. */
    private static int[] exact(List<Contest> contests, int[] filled, long total) {
        int[] room = Quotas.caps(contests);
        long left = total;
        for (int cell = 0; cell < room.length; cell++) {
            room[cell] -= filled[cell];
            left -= filled[cell];
        }
        int[] more = Quotas.divide(left, new double[room.length], room);
        for (int cell = 0; cell < room.length; cell++) {
            more[cell] += filled[cell];
        }
        return more;
    }
}
