package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.policy.fold.Reducer;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.share.Contest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What stays of the generated frames, gathered cell by cell, and the plan it makes. Frames with nothing left leave. */
final class Kept {

    private final CacheView view;
    private final Map<Long, BitSet[][]> cells = new HashMap<>();
    private final Map<Long, List<Fold>> folds = new HashMap<>();

    Kept(CacheView view) {
        this.view = view;
    }

    /** Keeps these tokens of a frame. */
    void put(FrameView frame, Selection kept) {
        BitSet[][] sets = of(frame.frame());
        for (int layer = 0; layer < sets.length; layer++) {
            for (int head = 0; head < sets[layer].length; head++) {
                sets[layer][head].or(kept.at(layer, head));
            }
        }
    }

    /** Keeps these tokens of a frame, held or in the archive, in some cells alone. */
    void put(FrameView frame, Selection kept, int firstCell, int count) {
        BitSet[][] sets = of(frame.frame());
        int heads = view.shape().kvHeads();
        for (int cell = firstCell; cell < firstCell + count; cell++) {
            sets[cell / heads][cell % heads].or(kept.at(cell / heads, cell % heads));
        }
    }

    /** Tokens that a cell keeps. */
    long tokens(int cell) {
        int heads = view.shape().kvHeads();
        return cells.values().stream()
                .mapToLong(sets -> sets[cell / heads][cell % heads].cardinality())
                .sum();
    }

    /** Keeps the winners of a contest, and does with the losers what {@code reducer} says. Recent frames come first. */
    void put(Contest contest, int[] winners, Reducer reducer) {
        Cell cell = contest.cell();
        for (int token : winners) {
            of(cell.name(token).frame())[cell.layer()][cell.head()].set(cell.place(token));
        }
        BitSet stays = new BitSet(cell.tokens());
        for (int i = 0; i < cell.frames(); i++) {
            BitSet content = of(cell.frame(i).frame())[cell.layer()][cell.head()];
            cell.tokensIn(i, content).forEach(stays::set);
        }
        reducer.folds(contest, stays).forEach(this::add);
    }

    /** Folds tokens into one; if that leaves after all, so do they. */
    void add(Fold fold) {
        folds.computeIfAbsent(fold.into().frame(), frame -> new ArrayList<>()).add(fold);
    }

    /** The plan; conditioning frames stay whole. */
    CompactionPlan plan(PositionMode positions, int textQuota) {
        return positions.plan(known(), textQuota, frame -> {
            if (frame.condition()) {
                return new FramePlan(frame.frame(), frame.slot(), frame.held());
            }
            BitSet[][] sets = cells.get(frame.frame());
            Selection kept = sets == null ? Selection.nothing() : Selection.byCell(sets);
            List<Fold> into = folds.getOrDefault(frame.frame(), List.of()).stream()
                    .filter(fold ->
                            sets[fold.layer()][fold.head()].get(fold.into().place()))
                    .toList();
            return kept.isEmpty() ? null : new FramePlan(frame.frame(), frame.slot(), kept).withFolds(into);
        });
    }

    /** Frames held, and those in the archive of which something is kept, in time order. */
    private List<FrameView> known() {
        Map<Long, FrameView> known = new TreeMap<>();
        view.archive().stream()
                .filter(frame -> cells.containsKey(frame.frame()))
                .forEach(frame -> known.put(frame.frame(), frame));
        view.frames().forEach(frame -> known.put(frame.frame(), frame));
        return List.copyOf(known.values());
    }

    private BitSet[][] of(long frame) {
        return in(cells, view, frame);
    }

    /** The sets of a frame, layer by layer and head by head; empty ones the first time. */
    static BitSet[][] in(Map<Long, BitSet[][]> frames, CacheView view, long frame) {
        return frames.computeIfAbsent(frame, number -> {
            BitSet[][] sets = new BitSet[view.shape().layers()][view.shape().kvHeads()];
            for (BitSet[] heads : sets) {
                Arrays.setAll(heads, head -> new BitSet());
            }
            return sets;
        });
    }
}
