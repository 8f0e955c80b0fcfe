package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.score.FrameRelevance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Which frames from before the window matter most to the newest one, for every group of cells that chooses for itself. */
final class Recollection {

    private final CacheView view;
    private final List<FrameView> frames;
    private final double[][] scores; // by group, then by frame

    /**
     * @param window newest generated frames that are not asked about
     * @param most how many of the others are, the newest of them
     */
    Recollection(CacheView view, int window, int most, Refine refine) {
        this.view = view;
        this.frames = outside(window, most);
        this.scores = scores(refine);
    }

    private List<FrameView> outside(int window, int most) {
        Map<Long, FrameView> outside = new TreeMap<>();
        view.historyNewestFirst().stream().skip(window).forEach(frame -> outside.put(frame.frame(), frame));
        view.archive().forEach(frame -> outside.put(frame.frame(), frame));
        List<FrameView> oldestFirst = new ArrayList<>(outside.values());
        return oldestFirst.subList(Math.max(0, oldestFirst.size() - most), oldestFirst.size());
    }

    /** Those that are asked about, held or in the archive, oldest first. */
    List<FrameView> frames() {
        return frames;
    }

    /** Groups of cells; all have as many. */
    int groups() {
        return scores.length;
    }

    /** Cells of a group; group g has those from {@code g * cells()} on. */
    int cells() {
        return view.shape().cells() / scores.length;
    }

    /** The {@code count} frames that matter most to a group, best first; of equal ones the newer. */
    List<FrameView> best(int group, int count) {
        double[] own = scores[group];
        return IntStream.range(0, own.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -own[i]).thenComparing(Comparator.reverseOrder()))
                .limit(count)
                .map(frames::get)
                .toList();
    }

    private double[][] scores(Refine refine) {
        int layers = view.shape().layers();
        int heads = view.shape().kvHeads();
        FrameRelevance relevance = new FrameRelevance(view, frames);
        double[][] sums = new double[1 + refine.group(layers - 1, heads - 1, heads)][frames.size()];
        for (int layer = 0; layer < layers; layer++) {
            for (int head = 0; head < heads; head += refine == Refine.HEAD ? 1 : heads) {
                double[] own = relevance.scores(layer, head, refine == Refine.HEAD ? 1 : heads);
                double[] sum = sums[refine.group(layer, head, heads)];
                Arrays.setAll(sum, i -> sum[i] + own[i]);
            }
        }
        return sums;
    }
}
