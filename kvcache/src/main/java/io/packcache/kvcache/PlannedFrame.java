package io.packcache.kvcache;

import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * A frame that is held and what a plan says of it.
 *
 * @param first its first token in the table
 * @param end behind its last
 * @param number which of the plan's frames it is; -1 if it leaves
 * @param plan null if it leaves
 * @param pages its pages so far, or null
 */
record PlannedFrame(int first, int end, int number, FramePlan plan, EncodedFrame pages) {

    /** All frames held, in time order. */
    static List<PlannedFrame> all(Storage storage, CompactionPlan plan) {
        List<PlannedFrame> frames = new ArrayList<>();
        int next = 0;
        for (int first = storage.table.firstOf(0, storage.tokens); first < storage.tokens; ) {
            long frame = storage.table.frame(first);
            int end = storage.table.firstOf(frame + 1, storage.tokens);
            while (next < plan.frames().size() && plan.frames().get(next).frame() < frame) {
                next++;
            }
            boolean stays =
                    next < plan.frames().size() && plan.frames().get(next).frame() == frame;
            frames.add(new PlannedFrame(
                    first, end, stays ? next : -1, stays ? plan.frames().get(next) : null, storage.encoded(frame)));
            first = end;
        }
        return frames;
    }

    /** Where the content with this index is listed in the table; negative if it is not. */
    int token(TokenTable table, int place) {
        for (int token = first; token < end; token++) {
            if (table.content(token) && table.place(token) == place) {
                return token;
            }
        }
        return -1;
    }
}
