package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes what a plan says of generated frames by their age: 0 is the newest that stays. Conditioning frames have none. */
final class ByAge {

    private ByAge() {}

    /** What becomes of one frame. */
    interface Change {

        /** @param held what the cache holds of it; null if it comes back from the archive */
        FramePlan of(FramePlan planned, FrameView held, int age);
    }

    static CompactionPlan change(CompactionPlan plan, CacheView view, Change change) {
        Map<Long, FrameView> held = new HashMap<>();
        view.frames().forEach(frame -> held.put(frame.frame(), frame));
        List<FramePlan> frames = new ArrayList<>(plan.frames());
        int age = 0;
        for (int i = frames.size() - 1; i >= 0; i--) {
            FrameView frame = held.get(frames.get(i).frame());
            if (frame == null || !frame.condition()) {
                frames.set(i, change.of(frames.get(i), frame, age++));
            }
        }
        return plan.withFrames(frames);
    }
}
