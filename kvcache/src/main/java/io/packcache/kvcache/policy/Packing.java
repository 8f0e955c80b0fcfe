package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link PackCache} keeps of the generated frames of one view. Frames are listed newest first. */
final class Packing {

    private final Shares shares;
    private final Choice choice;
    private final CacheView view;
    private final List<FrameView> frames;
    private final Map<List<Object>, BitSet> thinned = new HashMap<>();

    /** Cells that keep the same: one that chooses for itself, or number 0 for all that choose together. */
    private record Alike(int cell, double rho, int reach) {}

    private Packing(PackCache settings, CacheView view) {
        List<FrameView> history = view.historyNewestFirst();
        this.shares = settings.shares();
        this.choice = settings.choice();
        this.view = view;
        this.frames = history.subList(0, Math.min(shares.window(), history.size()));
    }

    /** Content that stays, by frame number; a frame that is missing leaves. */
    static Map<Long, Selection> of(PackCache settings, CacheView view, Budget budget) {
        Packing packing = new Packing(settings, view);
        int within = packing.frames.size();
        boolean filling = within < packing.shares.window() && view.historyTokens() <= budget.historyTokens();
        return filling || within == 0 ? packing.fill() : packing.pack(budget);
    }

    private Map<Long, Selection> fill() {
        Map<Long, Selection> kept = new HashMap<>();
        frames.forEach(frame -> kept.put(frame.frame(), frame.held()));
        return kept;
    }

    private Map<Long, Selection> pack(Budget budget) {
        long own = shares.historyBudget().tokens(view, choice.dropMasked());
        long tokens = Math.min(own, budget.historyTokens());
        FrameScores scores = scores(tokens);
        double[] rho = shares.rho().byLayer(view);
        Map<Alike, BitSet[]> chosen = new HashMap<>();
        BitSet[][][] kept =
                new BitSet[frames.size()][view.shape().layers()][view.shape().kvHeads()];
        for (int layer = 0; layer < rho.length; layer++) {
            int reach = shares.reach(layer, rho.length);
            for (int head = 0; head < view.shape().kvHeads(); head++) {
                int cell = choice.refine() == Refine.NONE
                        ? 0
                        : layer * view.shape().kvHeads() + head;
                Alike alike = new Alike(cell, rho[layer], reach);
                BitSet[] stays = chosen.computeIfAbsent(alike, any -> choose(alike, tokens, scores));
                for (int i = 0; i < stays.length; i++) {
                    kept[i][layer][head] = stays[i];
                }
            }
        }
        Map<Long, Selection> byFrame = new HashMap<>();
        for (int i = 0; i < kept.length; i++) {
            byFrame.put(frames.get(i).frame(), Selection.byCell(kept[i]));
        }
        return byFrame;
    }

    /** What stays of each frame in such cells. */
    private BitSet[] choose(Alike alike, long tokens, FrameScores scores) {
        int heads = view.shape().kvHeads();
        int layer = alike.cell() / heads;
        int head = alike.cell() % heads;
        BitSet[] stays = candidates(layer, head);
        int[] caps = Arrays.stream(stays).mapToInt(BitSet::cardinality).toArray();
        int[] quotas = shares.quotas(tokens, caps, alike.rho(), alike.reach());
        for (int i = 0; i < quotas.length; i++) {
            stays[i] = thin(i, stays[i], quotas[i], scores, choice.refine().group(layer, head, heads));
        }
        return stays;
    }

    /** Nothing where nobody scores. */
    private FrameScores scores(long tokens) {
        List<FrameView> oldestFirst = new ArrayList<>(frames);
        Collections.reverse(oldestFirst);
        int recent = shares.newestWhole() ? 1 : 0;
        long newest = recent * (long) frames.get(0).held().union().cardinality();
        int keep = (int) Math.min(Integer.MAX_VALUE, Math.max(0, tokens - newest));
        return choice.withinFrame()
                .scorer()
                .map(scorer -> new FrameScores(view, oldestFirst, scorer, choice.refine(), recent, keep))
                .orElse(null);
    }

    /** What may stay of each frame in one layer and head; where all choose together, in any of them. */
    private BitSet[] candidates(int layer, int head) {
        return frames.stream()
                .map(frame -> {
                    Selection known = Candidates.known(frame, frame.held(), choice.dropMasked());
                    return choice.refine() == Refine.NONE ? known.union() : known.at(layer, head);
                })
                .toArray(BitSet[]::new);
    }

    /** Layers and heads that choose the same find it done. */
    private BitSet thin(int i, BitSet candidates, int quota, FrameScores scores, int group) {
        int choosing = scores == null ? 0 : group;
        return thinned.computeIfAbsent(List.of(i, candidates, quota, choosing), key -> {
            float[] byPlace = scores == null ? EvenCover.UNSCORED : scores.of(group, frames.size() - 1 - i);
            return choice.of(view.grid(), candidates, quota, byPlace);
        });
    }
}
