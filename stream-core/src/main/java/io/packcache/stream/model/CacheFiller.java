package io.packcache.stream.model;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Runs what is known already through the model, for its keys and values alone: text, given frames, and frames generated
 * before. Allocates; used when a clip begins and when its text changes.
 */
final class CacheFiller {

    private static final BitSet UNMASKED = new BitSet();

    private final Transformer transformer;
    private final Activations activations;
    private final BitSet historyMask;
    private final CacheBudget budget;

    /**
     * @param historyMask content indices of a generated frame that are stored as MASK
     * @param budget of each cache made here
     */
    CacheFiller(Transformer transformer, Activations activations, BitSet historyMask, CacheBudget budget) {
        this.transformer = transformer;
        this.activations = activations;
        this.historyMask = historyMask;
        this.budget = budget;
    }

    /** A branch without tokens. */
    Branch empty(SequenceLayout layout) {
        Positions positions = new Positions(transformer.rotary(), PositionStride.of(layout.grid()));
        return new Branch(
                layout,
                new KvCache(
                        transformer.backend(), transformer.network().cacheShape(), layout.grid(), positions, budget));
    }

    /** Stages a branch's text. It is causal, so it may run in portions. */
    void stageText(Branch branch) {
        int[] ids = branch.layout().prefixIds();
        List<TokenInfo> tokens = branch.layout().prefixTokens();
        for (int from = 0; from < ids.length; from += activations.rows()) {
            int to = Math.min(ids.length, from + activations.rows());
            fill(List.of(new BranchRows(branch.cache(), tokens.subList(from, to), Arrays.copyOfRange(ids, from, to))));
        }
    }

    /** Stages a conditioning frame in every branch. */
    void stageCondition(List<Branch> branches, long frame, int[] codes) {
        int[] ids = ids(branches.get(0).layout(), codes, UNMASKED);
        List<BranchRows> rows = new ArrayList<>();
        for (Branch branch : branches) {
            long slot = branch.cache().nextSlot();
            rows.add(new BranchRows(branch.cache(), branch.layout().conditionTokens(frame, slot), ids));
        }
        fill(rows);
    }

    /**
     * A new branch that holds the text of {@code layout} and, computed again behind it, the tokens of all frames that
     * another one holds, where they stand there and stored as they are there; what was folded comes back unfolded. The history may have to take one whole frame more than it ends with.
     *
     * @param held what to compute again
     * @param signals what the new cache collects from the start
     * @param nextSlot where the frame after them goes
     */
    Branch again(SequenceLayout layout, CacheView held, Set<Signal> signals, long nextSlot, FrameCodes codes) {
        Branch branch = empty(layout);
        branch.cache().collect(signals);
        try {
            stageText(branch);
            branch.cache().commit();
            List<FramePlan> kept = new ArrayList<>();
            for (FrameView frame : held.frames()) {
                apply(branch, kept, frame.slot());
                stageAgain(branch, frame, codes.of(frame.frame()));
                branch.cache().commit();
                FramePlan plan = new FramePlan(frame.frame(), frame.slot(), frame.held());
                kept.add(plan.withEncoding(frame.encoding()));
            }
            apply(branch, kept, nextSlot);
        } catch (RuntimeException | Error e) {
            branch.cache().close();
            throw e;
        }
        return branch;
    }

    private void stageAgain(Branch branch, FrameView frame, int[] codes) {
        SequenceLayout layout = branch.layout();
        BitSet masked = frame.condition() ? UNMASKED : historyMask;
        List<TokenInfo> tokens = frame.condition()
                ? layout.conditionTokens(frame.frame(), frame.slot())
                : layout.frameTokens(frame.frame(), frame.slot(), masked);
        fill(List.of(new BranchRows(branch.cache(), tokens, ids(layout, codes, masked))));
    }

    private void apply(Branch branch, List<FramePlan> kept, long nextSlot) {
        branch.cache().apply(new CompactionPlan(CompactionPlan.ALL_TEXT, kept, nextSlot));
    }

    private static int[] ids(SequenceLayout layout, int[] codes, BitSet masked) {
        int[] ids = new int[layout.grid().frameLength()];
        layout.writeFrame(codes, masked, ids);
        return ids;
    }

    private void fill(List<BranchRows> rows) {
        transformer.stage(activations, rows).fillCaches();
    }
}
