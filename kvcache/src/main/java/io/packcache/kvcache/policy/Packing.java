package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link PackCache} keeps of the generated frames of one view. Frames are listed newest first. */
final class Packing {

    private final PackCache settings;
    private final CacheView view;
    private final List<FrameView> frames;

    private Packing(PackCache settings, CacheView view) {
        List<FrameView> history = view.historyNewestFirst();
        this.settings = settings;
        this.view = view;
        this.frames = history.subList(0, Math.min(settings.window(), history.size()));
    }

    /** Content that stays, by frame number; a frame that is missing leaves. */
    static Map<Long, BitSet> of(PackCache settings, CacheView view, Budget budget) {
        Packing packing = new Packing(settings, view);
        boolean filling = packing.frames.size() < settings.window() && view.historyTokens() <= budget.historyTokens();
        return filling ? packing.fill() : packing.pack(budget);
    }

    private Map<Long, BitSet> fill() {
        Map<Long, BitSet> kept = new HashMap<>();
        frames.forEach(frame -> kept.put(frame.frame(), frame.held().union()));
        return kept;
    }

    private Map<Long, BitSet> pack(Budget budget) {
        BitSet[] candidates = frames.stream().map(this::candidates).toArray(BitSet[]::new);
        int[] caps = Arrays.stream(candidates).mapToInt(BitSet::cardinality).toArray();
        long own = settings.historyBudget().tokens(view, settings.dropMasked());
        int[] quotas = quotas(Math.min(own, budget.historyTokens()), caps);
        Map<Long, BitSet> kept = new HashMap<>();
        for (int i = 0; i < quotas.length; i++) {
            FrameView frame = frames.get(i);
            kept.put(frame.frame(), EvenCover.thin(view.grid(), candidates[i], quotas[i], scores(frame)));
        }
        return kept;
    }

    private BitSet candidates(FrameView frame) {
        BitSet candidates = (BitSet) frame.held().union().clone();
        if (settings.dropMasked()) {
            candidates.andNot(frame.masked());
        }
        return candidates;
    }

    private float[] scores(FrameView frame) {
        if (settings.withinFrame() != WithinFrame.SCORED) {
            return EvenCover.UNSCORED;
        }
        float[] scores = new float[view.grid().contentLength()];
        for (int layer = 0; layer < view.shape().layers(); layer++) {
            for (int head = 0; head < view.shape().kvHeads(); head++) {
                addNorms(frame, layer, head, scores);
            }
        }
        return scores;
    }

    private void addNorms(FrameView frame, int layer, int head, float[] scores) {
        float[] norms = view.signals().valueNorms(layer, head, frame.frame());
        BitSet held = frame.held().at(layer, head);
        int token = 0;
        for (int place = held.nextSetBit(0); place >= 0; place = held.nextSetBit(place + 1)) {
            scores[place] += norms[token++] / view.shape().cells();
        }
    }

    private int[] quotas(long tokens, int[] caps) {
        int whole = settings.newestWhole() ? 1 : 0;
        int[] quotas = new int[caps.length];
        if (settings.newestWhole()) {
            quotas[0] = (int) Math.min(tokens, caps[0]);
        }
        int[] olderCaps = Arrays.copyOfRange(caps, whole, caps.length);
        double[] shares = FrameShares.geometric(
                settings.rho(), settings.window(), 1 + whole, olderCaps.length, settings.minimumShare());
        int[] older = FrameShares.divide(tokens - quotas[0], shares, olderCaps);
        System.arraycopy(older, 0, quotas, whole, older.length);
        return quotas;
    }
}
