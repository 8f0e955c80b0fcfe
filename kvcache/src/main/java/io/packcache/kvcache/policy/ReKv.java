package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.score.FrameRelevance;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

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
        Recollection others = new Recollection(view, window, archive, refine);
        for (int group = 0; group < others.groups(); group++) {
            int cell = group * others.cells();
            long left = budget.historyTokens() - kept.tokens(cell);
            for (FrameView frame : others.best(group, recall)) {
                long tokens = frame.held().union().cardinality();
                if (tokens <= left) {
                    kept.put(frame, frame.held(), cell, others.cells());
                    left -= tokens;
                }
            }
        }
        Set<Long> archived = others.frames().stream().map(FrameView::frame).collect(Collectors.toSet());
        return kept.plan(PositionMode.REBASE, CompactionPlan.ALL_TEXT).withArchive(archived);
    }
}
