package io.packcache.kvcache.policy.fold;

import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Token;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Vectors;
import io.packcache.kvcache.policy.share.Contest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Folds each loser into the survivor whose un-rotated key is nearest, if their cosine u reaches a threshold; else it is
 * dropped. The threshold starts at the mean u of the oldest frame's losers and moves frame by frame:
 * {@code threshold <- old * threshold + (1 - old) * mean u}. Of n losers with cosines u, loser i weighs
 * {@code exp(u_i) / (sum exp(u) + e)}, the survivor what is missing to 1, keys and values alike.
 *
 * <p>Every loser is compared with every survivor: the cost is losers x survivors x head size for each cell.
 *
 * @param old weight of the old threshold, 0 to 1
 */
public record NearestSurvivor(double old) implements Reducer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.KEY);
    }

    @Override
    public List<Fold> folds(Contest contest, BitSet kept) {
        Cell cell = contest.cell();
        int size = cell.view().shape().headSize();
        float[] unit = Vectors.unit(cell.keys(), size);
        int[] survivors = kept.stream().toArray();
        int[] losers = Arrays.stream(contest.candidates())
                .filter(token -> !kept.get(token))
                .toArray();
        int[] nearest = new int[losers.length];
        double[] cosine = new double[losers.length];
        for (int i = 0; i < losers.length; i++) {
            cosine[i] = -1;
            for (int survivor : survivors) {
                double u = Vectors.dot(unit, losers[i], unit, survivor, size);
                if (u > cosine[i]) {
                    cosine[i] = u;
                    nearest[i] = survivor;
                }
            }
        }
        Map<Integer, List<Integer>> joined = new TreeMap<>();
        double[] threshold = thresholds(cell, losers, cosine);
        for (int i = 0; i < losers.length; i++) {
            if (cosine[i] > -1 && cosine[i] >= threshold[i]) {
                joined.computeIfAbsent(nearest[i], survivor -> new ArrayList<>())
                        .add(i);
            }
        }
        return joined.entrySet().stream()
                .map(group -> fold(cell, group.getKey(), losers, group.getValue(), cosine))
                .toList();
    }

    private double[] thresholds(Cell cell, int[] losers, double[] cosine) {
        double[] thresholds = new double[losers.length];
        double threshold = Double.NaN;
        for (int from = 0; from < losers.length; ) {
            int frame = cell.frameOf(losers[from]);
            int to = from;
            while (to < losers.length && cell.frameOf(losers[to]) == frame) {
                to++;
            }
            double mean = Arrays.stream(cosine, from, to).average().orElseThrow();
            threshold = from == 0 ? mean : old * threshold + (1 - old) * mean;
            Arrays.fill(thresholds, from, to, threshold);
            from = to;
        }
        return thresholds;
    }

    private static Fold fold(Cell cell, int survivor, int[] losers, List<Integer> members, double[] cosine) {
        double sum =
                Math.E + members.stream().mapToDouble(i -> Math.exp(cosine[i])).sum();
        List<Token> from = new ArrayList<>();
        float[] weights = new float[members.size() + 1];
        weights[0] = (float) (Math.E / sum);
        for (int i : members) {
            from.add(cell.name(losers[i]));
            weights[from.size()] = (float) (Math.exp(cosine[i]) / sum);
        }
        float multiplicity = cell.multiplicity(survivor);
        Token into = cell.name(survivor);
        return new Fold(cell.layer(), cell.head(), into, from, weights, weights.clone(), multiplicity);
    }
}
