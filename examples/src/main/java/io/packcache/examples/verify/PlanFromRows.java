package io.packcache.examples.verify;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.TokenRole;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Says kept rows in the words of a plan: frames by number, content by index, new places on the time axis. */
final class PlanFromRows {

    private PlanFromRows() {}

    /** What is known of a frame from its kept rows. */
    private static final class Frame {
        final BitSet content = new BitSet();
        int markers;
        Long slot;
        boolean uniform = true;
    }

    /**
     * The plan that keeps just these rows, or nothing if no plan does: all text stays, a frame's markers stay together,
     * and a frame moves as one.
     *
     * @param tokens all rows; frames are numbered from 0 and stand in the slot of their number
     * @param keep rising rows that stay
     * @param moved where they stand afterwards
     */
    static Optional<CompactionPlan> plan(
            FrameGrid grid, List<TokenInfo> tokens, int[] keep, List<TokenPosition> moved) {
        Map<Long, Frame> frames = new TreeMap<>();
        int text = 0;
        for (int i = 0; i < keep.length; i++) {
            TokenInfo token = tokens.get(keep[i]);
            if (token.role() == TokenRole.TEXT) {
                text++;
            } else {
                note(frames.computeIfAbsent(token.frame(), number -> new Frame()), grid, token, moved.get(i));
            }
        }
        long allText =
                tokens.stream().filter(token -> token.role() == TokenRole.TEXT).count();
        boolean whole = frames.values().stream().allMatch(frame -> frame.uniform && frame.markers == grid.markers());
        if (text != allText || !whole) {
            return Optional.empty();
        }
        List<FramePlan> plans = new ArrayList<>();
        long next = 0;
        for (Map.Entry<Long, Frame> frame : frames.entrySet()) {
            plans.add(new FramePlan(frame.getKey(), frame.getValue().slot, frame.getValue().content));
            next = frame.getValue().slot + 1;
        }
        return Optional.of(new CompactionPlan(CompactionPlan.ALL_TEXT, plans, next));
    }

    private static void note(Frame frame, FrameGrid grid, TokenInfo token, TokenPosition moved) {
        if (token.role() == TokenRole.FRAME_MARKER) {
            frame.markers++;
        } else {
            frame.content.set(token.row() * (grid.columns() + 1) + token.column());
        }
        long slot =
                token.frame() + Math.floorDiv(moved.index() - token.position().index(), grid.frameLength());
        frame.uniform &= frame.slot == null || frame.slot == slot;
        frame.uniform &= PositionStride.of(grid)
                .moved(token.position(), slot - token.frame())
                .equals(moved);
        frame.slot = slot;
    }
}
