package io.packcache.examples.report;

import io.packcache.examples.lab.Mean;
import io.packcache.examples.lab.TeacherForcing;
import io.packcache.examples.report.PolicyMeasures.KeptFrame;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.plan.Signal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Watches what a policy keeps of the history of one clip, and how much of the attention paid to history that is. */
final class HistoryWatch implements TeacherForcing.Observer {

    private final Mean attention;
    private int frame;
    private List<KeptFrame> kept = List.of();

    /** @param attention takes the share of attention kept, by latent frame */
    HistoryWatch(Mean attention) {
        this.attention = attention;
    }

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.PROBE_ATTENTION);
    }

    @Override
    public void compacting(CacheView view, CompactionPlan plan) {
        Map<Long, Selection> stays =
                plan.frames().stream().collect(Collectors.toMap(FramePlan::frame, FramePlan::kept));
        double all = 0;
        double left = 0;
        for (FrameView held : view.historyNewestFirst()) {
            Selection keeps = stays.getOrDefault(held.frame(), Selection.nothing());
            for (int cell = 0; cell < view.shape().cells(); cell++) {
                int layer = cell / view.shape().kvHeads();
                int head = cell % view.shape().kvHeads();
                int[] places = held.held().at(layer, head).stream().toArray();
                BitSet staying = keeps.at(layer, head);
                for (int query = 0; query < view.signals().queryRows(); query++) {
                    float[] weights = view.signals().attention(layer, head, query, held.frame());
                    for (int i = 0; i < places.length; i++) {
                        all += weights[i];
                        left += staying.get(places[i]) ? weights[i] : 0;
                    }
                }
            }
        }
        if (all > 0) {
            attention.add(frame, left / all);
        }
        frame++;
        kept = view.frames().stream()
                .filter(held -> stays.containsKey(held.frame()))
                .map(held -> shares(view, held, stays.get(held.frame())))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** What stays after the last compaction, in time order. */
    List<KeptFrame> kept() {
        return kept;
    }

    private static KeptFrame shares(CacheView view, FrameView held, Selection keeps) {
        double[][] shares = new double[view.grid().rows()][view.grid().columns()];
        int width = view.grid().columns() + 1;
        for (int cell = 0; cell < view.shape().cells(); cell++) {
            int layer = cell / view.shape().kvHeads();
            int head = cell % view.shape().kvHeads();
            BitSet both = (BitSet) keeps.at(layer, head).clone();
            both.and(held.held().at(layer, head));
            both.stream()
                    .filter(place -> place % width < view.grid().columns())
                    .forEach(place -> shares[place / width][place % width] +=
                            1.0 / view.shape().cells());
        }
        return new KeptFrame(held.frame(), shares);
    }
}
