package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scores by content index of a frame, the mean over the layers and heads that choose together and hold the token. */
final class FrameScores {

    private final Map<Integer, float[][]> byGroup = new HashMap<>();

    /**
     * @param frames oldest first
     * @param recent newest frames that do not compete
     * @param keep tokens that stay of the others
     */
    FrameScores(CacheView view, List<FrameView> frames, Scorer scorer, Refine refine, int recent, int keep) {
        int content = view.grid().contentLength();
        Map<Integer, int[][]> holders = new HashMap<>();
        for (Cell cell : Cell.all(view, frames, recent, keep)) {
            int group = refine.group(cell.layer(), cell.head(), view.shape().kvHeads());
            float[][] sums = byGroup.computeIfAbsent(group, number -> new float[frames.size()][content]);
            int[][] held = holders.computeIfAbsent(group, number -> new int[frames.size()][content]);
            float[] scores = scorer.scores(cell);
            for (int i = 0; i < cell.frames(); i++) {
                int[] places = cell.places(i);
                for (int j = 0; j < places.length; j++) {
                    sums[i][places[j]] += scores[cell.first(i) + j];
                    held[i][places[j]]++;
                }
            }
        }
        byGroup.forEach((group, sums) -> divide(sums, holders.get(group)));
    }

    /** Scores of the {@code i}-th frame, by content index. */
    float[] of(int group, int i) {
        return byGroup.get(group)[i];
    }

    private static void divide(float[][] sums, int[][] by) {
        for (int i = 0; i < sums.length; i++) {
            for (int place = 0; place < sums[i].length; place++) {
                sums[i][place] /= Math.max(1, by[i][place]);
            }
        }
    }
}
