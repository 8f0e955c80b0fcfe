package io.packcache.kvcache.policy.fold;

import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Vectors;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Folds tokens of earlier frames into the tokens of the newest frame that continue them: the nearest un-rotated key within
 * a patch of the same place, if the cosines of keys and of values reach their thresholds. The newer key stays, values are
 * averaged by what they stand for, multiplicities add. Pairs are made in order of their keys' cosine, so each token is in one
 * pair at most.
 *
 * @param threshold least cosine of two keys, -1 to 1
 * @param valueThreshold least cosine of their values, -1 to 1
 * @param radius places to either side in rows and columns that are looked at, at least 0
 * @param most highest multiplicity
 */
public record Correspondence(double threshold, double valueThreshold, int radius, float most) {

    private record Match(int older, int newer, double cosine) {}

    /** What {@link #folds} reads. */
    public static Set<Signal> signals() {
        return Set.of(Signal.KEY, Signal.VALUE);
    }

    /**
     * The folds of one cell.
     *
     * @param cell the newest frame last
     * @param known tokens that may be folded or folded into
     */
    public List<Fold> folds(Cell cell, BitSet known) {
        List<Match> matches = matches(cell, known);
        matches.sort(Comparator.comparingDouble((Match match) -> -match.cosine())
                .thenComparingInt(Match::newer)
                .thenComparingInt(match -> -match.older()));
        BitSet taken = new BitSet();
        List<Fold> folds = new ArrayList<>();
        for (Match match : matches) {
            if (!taken.get(match.older()) && !taken.get(match.newer())) {
                taken.set(match.older());
                taken.set(match.newer());
                folds.add(fold(cell, match));
            }
        }
        return folds;
    }

    private List<Match> matches(Cell cell, BitSet known) {
        int size = cell.view().shape().headSize();
        float[] keys = Vectors.unit(cell.keys(), size);
        float[] values = Vectors.unit(cell.values(), size);
        int[][] near = byPlace(cell, known);
        int first = cell.first(cell.frames() - 1);
        int width = cell.view().grid().columns() + 1;
        int rows = cell.view().grid().rows();
        List<Match> matches = new ArrayList<>();
        for (int newer = known.nextSetBit(first); newer >= 0; newer = known.nextSetBit(newer + 1)) {
            int row = cell.place(newer) / width;
            int column = cell.place(newer) % width;
            for (int r = Math.max(0, row - radius); r <= Math.min(rows - 1, row + radius); r++) {
                for (int c = Math.max(0, column - radius); c <= Math.min(width - 1, column + radius); c++) {
                    for (int older : near[r * width + c]) {
                        double cosine = Vectors.dot(keys, older, keys, newer, size);
                        if (cosine >= threshold && Vectors.dot(values, older, values, newer, size) >= valueThreshold) {
                            matches.add(new Match(older, newer, cosine));
                        }
                    }
                }
            }
        }
        return matches;
    }

    /** The known tokens of earlier frames at each place. */
    private static int[][] byPlace(Cell cell, BitSet known) {
        int first = cell.first(cell.frames() - 1);
        List<List<Integer>> lists = new ArrayList<>();
        for (int place = 0; place < cell.view().grid().contentLength(); place++) {
            lists.add(new ArrayList<>());
        }
        known.stream()
                .filter(token -> token < first)
                .forEach(token -> lists.get(cell.place(token)).add(token));
        return lists.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private Fold fold(Cell cell, Match match) {
        float before = cell.multiplicity(match.older());
        float more = cell.multiplicity(match.newer());
        float[] keys = {1, 0};
        float[] values = {more / (before + more), before / (before + more)};
        return new Fold(
                cell.layer(),
                cell.head(),
                cell.name(match.newer()),
                List.of(cell.name(match.older())),
                keys,
                values,
                Math.min(most, before + more));
    }
}
