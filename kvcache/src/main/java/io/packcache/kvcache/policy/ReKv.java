package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.score.FrameRelevance;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * ReKV (Di et al., <a href="https://arxiv.org/abs/2503.00540">arXiv 2503.00540</a>): nothing that was seen is lost. Frames that
 * leave the window move whole to host memory and from there to disk; of these, the ones whose mean key is most like the mean
 * query of the newest frame come back, before the window, until the next frame is made.
 *
 * <p>Demand: a compaction waits while host memory is full and the disk is behind, and so does the next frame.
 *
 * <p>Limits: the paper chooses by layer, with the queries at hand; here the newest frame's probes stand for those of the next
 * frame, and all layers choose together unless {@code refine} says {@code layer}: positions belong to frames, so that layers
 * that choose apart leave gaps in each other's. Recall is of whole frames, within the budget; the newest frame comes first.
 *
 * @param window newest generated frames that are attended to in any case, at least 1
 * @param recall frames that come back, at least 0
 * @param archive most frames outside the window that are kept in any tier; older ones are forgotten
 * @param refine whether each layer, or each layer and head, chooses for itself
 * @param hostBytes most bytes of frames in host memory, of each guidance branch
 * @param diskBytes most bytes of frames on disk, of each guidance branch; 0 for none
 * @param directory where files are kept while a stream runs; empty for the system's temporary directory
 */
@Paper(
        keeps = "the newest frames; others in slower memory, and those that matter come back",
        title = "ReKV",
        arxiv = "2503.00540",
        evidence = "summaries of the paper only; numbers from memory, not checked")
public record ReKv(
        int window,
        @Allowed("a whole number, at least 0") int recall,
        int archive,
        Refine refine,
        @Allowed("a whole number of bytes, at least 1") long hostBytes,
        @Allowed("a whole number of bytes, at least 0") long diskBytes,
        Path directory)
        implements CompactionPolicy {

    public ReKv {
        Limits.window(window);
        Limits.require(recall >= 0, "recall", recall, "at least 0 frames");
        Limits.require(archive >= 1, "archive", archive, "at least 1 frame");
        Limits.require(hostBytes >= 1, "hostBytes", hostBytes, "at least 1 byte");
        Limits.require(diskBytes >= 0, "diskBytes", diskBytes, "at least 0 bytes");
        Objects.requireNonNull(refine, "refine");
        Objects.requireNonNull(directory, "directory");
    }

    /** Two frames and two more recalled out of 256; 256 MiB of host memory, 4 GiB of disk. */
    public static ReKv defaults() {
        return new ReKv(2, 2, 256, Refine.NONE, 256L << 20, 4L << 30, Path.of(""));
    }

    public ReKv withWindow(int newWindow) {
        return new ReKv(newWindow, recall, archive, refine, hostBytes, diskBytes, directory);
    }

    public ReKv withRecall(int newRecall) {
        return new ReKv(window, newRecall, archive, refine, hostBytes, diskBytes, directory);
    }

    public ReKv withArchive(int newArchive) {
        return new ReKv(window, recall, newArchive, refine, hostBytes, diskBytes, directory);
    }

    public ReKv withRefine(Refine newRefine) {
        return new ReKv(window, recall, archive, newRefine, hostBytes, diskBytes, directory);
    }

    /** Other sizes of the tiers, in bytes. */
    public ReKv withTiers(long newHostBytes, long newDiskBytes, Path newDirectory) {
        return new ReKv(window, recall, archive, refine, newHostBytes, newDiskBytes, newDirectory);
    }

    @Override
    public String name() {
        return "rekv";
    }

    @Override
    public Set<Signal> signals() {
        return FrameRelevance.signals();
    }

    @Override
    public TierSettings tiers() {
        return new TierSettings(hostBytes, diskBytes, directory);
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        Kept kept = new Kept(view);
        SlidingWindow.keepNewest(view, kept, window, budget.historyTokens());
        List<FrameView> outside = outside(view);
        double[][] scores = scores(view, outside);
        int share = view.shape().cells() / scores.length;
        for (int group = 0; group < scores.length; group++) {
            long left = budget.historyTokens() - kept.tokens(group * share);
            for (int i : best(scores[group])) {
                FrameView frame = outside.get(i);
                long tokens = frame.held().union().cardinality();
                if (tokens <= left) {
                    kept.put(frame, frame.held(), group * share, share);
                    left -= tokens;
                }
            }
        }
        Set<Long> archived = outside.stream().map(FrameView::frame).collect(Collectors.toSet());
        return kept.plan(PositionMode.REBASE, CompactionPlan.ALL_TEXT).withArchive(archived);
    }

    /** All frames known that are not in the window, oldest first, as many as the archive may have. */
    private List<FrameView> outside(CacheView view) {
        Map<Long, FrameView> outside = new TreeMap<>();
        view.historyNewestFirst().stream().skip(window).forEach(frame -> outside.put(frame.frame(), frame));
        view.archive().forEach(frame -> outside.put(frame.frame(), frame));
        List<FrameView> frames = new ArrayList<>(outside.values());
        return frames.subList(Math.max(0, frames.size() - archive), frames.size());
    }

    /** Scores of the frames for every group of cells that chooses for itself. */
    private double[][] scores(CacheView view, List<FrameView> frames) {
        int layers = view.shape().layers();
        int heads = view.shape().kvHeads();
        FrameRelevance relevance = new FrameRelevance(view, frames);
        double[][] scores = new double[1 + refine.group(layers - 1, heads - 1, heads)][frames.size()];
        for (int layer = 0; layer < layers; layer++) {
            for (int head = 0; head < heads; head += refine == Refine.HEAD ? 1 : heads) {
                double[] own = relevance.scores(layer, head, refine == Refine.HEAD ? 1 : heads);
                double[] sum = scores[refine.group(layer, head, heads)];
                Arrays.setAll(sum, i -> sum[i] + own[i]);
            }
        }
        return scores;
    }

    /** The frames with the highest scores, best first; of equal ones the newer. */
    private List<Integer> best(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(Comparator.reverseOrder()))
                .limit(recall)
                .toList();
    }
}
