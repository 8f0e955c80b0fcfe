package io.packcache.kvcache;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Frames that a plan takes back from the archive. Each is put into a storage of its own, where the same applier that serves
 * the cache thins, encodes and turns it as the plan says; then it joins the cache as it stands there. A frame of which some
 * heads still hold a part comes back whole: what is held leaves first.
 */
final class Recall implements AutoCloseable {

    private final CompactionPlan rest;
    private final List<Storage> frames;

    private Recall(CompactionPlan rest, List<Storage> frames) {
        this.rest = rest;
        this.frames = frames;
    }

    /**
     * Reads what a plan takes back. Changes nothing.
     *
     * @throws io.packcache.kvcache.tier.TierException if a copy cannot be read or was altered
     */
    static Recall of(CompactionPlan plan, CacheView view, Archive archive) {
        Map<Long, FrameView> held =
                view.frames().stream().collect(Collectors.toMap(FrameView::frame, Function.identity()));
        List<FramePlan> rest = new ArrayList<>();
        List<Storage> frames = new ArrayList<>();
        Recall recall = new Recall(plan.withFrames(rest), frames);
        try {
            for (FramePlan frame : plan.frames()) {
                Archive.Entry entry = archive.entry(frame.frame());
                if (entry == null || stays(frame, held.get(frame.frame()), entry.view(), view)) {
                    rest.add(frame);
                } else {
                    Storage scratch = archive.open(entry);
                    frames.add(scratch);
                    FramePlan alone = frame.withFolds(List.of());
                    new Compaction(scratch)
                            .apply(new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(alone), frame.slot() + 1));
                }
            }
        } catch (RuntimeException | Error failed) {
            recall.close();
            throw failed;
        }
        return new Recall(plan.withFrames(rest), frames);
    }

    /** Whether all that the plan keeps of the copy is held already. */
    private static boolean stays(FramePlan plan, FrameView held, FrameView copy, CacheView view) {
        for (int layer = 0; layer < view.shape().layers(); layer++) {
            for (int head = 0; head < view.shape().kvHeads(); head++) {
                BitSet missing = (BitSet) plan.kept().at(layer, head).clone();
                missing.and(copy.held().at(layer, head));
                missing.andNot((held == null ? Selection.nothing() : held.held()).at(layer, head));
                if (!missing.isEmpty()) {
                    return false;
                }
            }
        }
        return held != null || plan.kept().isEmpty();
    }

    /** What the plan says of the frames that are held. */
    CompactionPlan rest() {
        return rest;
    }

    /**
     * Refuses frames for which there will be no room.
     *
     * @throws CacheBudgetExceededException if they do not fit beside what stays; nothing has changed then
     */
    void requireRoom(CacheView view, Storage storage, Reservation reservation) {
        if (frames.isEmpty()) {
            return;
        }
        long cells = storage.cells.length;
        Map<Long, FramePlan> staying =
                rest.frames().stream().collect(Collectors.toMap(FramePlan::frame, Function.identity()));
        long entries = cells * Math.min(view.textTokens(), rest.textQuota());
        long bytes = storage.usage.used();
        for (FrameView frame : view.frames()) {
            FramePlan plan = staying.get(frame.frame());
            if (plan == null) {
                bytes -= storage.usage.used(frame.frame());
            } else {
                entries += kept(plan.kept(), frame.held(), view) + cells * storage.grid.markers();
            }
        }
        long back = frames.stream().mapToLong(frame -> frame.usage.entries()).sum();
        bytes += frames.stream().mapToLong(frame -> frame.usage.used()).sum();
        reservation.require((back + cells - 1) / cells, (entries + cells - 1) / cells, bytes);
    }

    private static long kept(Selection kept, Selection held, CacheView view) {
        long entries = 0;
        for (int layer = 0; layer < view.shape().layers(); layer++) {
            for (int head = 0; head < view.shape().kvHeads(); head++) {
                BitSet both = (BitSet) kept.at(layer, head).clone();
                both.and(held.at(layer, head));
                entries += both.cardinality();
            }
        }
        return entries;
    }

    /** Puts the frames among those that the rest of the plan has left. */
    void insert(Storage storage) {
        frames.forEach(frame -> FrameCut.insert(storage, frame));
    }

    @Override
    public void close() {
        frames.forEach(Storage::close);
    }
}
