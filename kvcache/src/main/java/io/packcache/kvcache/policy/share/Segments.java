package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.score.Cell;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Consecutive frames that stay or leave together, counted from the first frame of the video on.
 *
 * @param frames frames in a segment; 0 where every token stands for itself
 */
public record Segments(int frames) {

    /** Every token stands for itself. */
    public static final Segments NONE = new Segments(0);

    /** Which segment a frame belongs to. */
    public long of(long frame) {
        return frame / frames;
    }

    /**
     * How many of the newest frames stay in any case, so that a segment stays or leaves as a whole: the segments of the
     * {@code recent} newest frames, and one that is not finished.
     *
     * @param history generated frames, oldest first
     */
    public int guarded(List<FrameView> history, int recent) {
        if (frames == 0 || history.isEmpty()) {
            return recent;
        }
        long newest = history.get(history.size() - 1).frame();
        int guarded = (newest + 1) % frames == 0 ? recent : Math.max(recent, 1);
        if (guarded == 0) {
            return 0;
        }
        long oldest = of(history.get(Math.max(0, history.size() - guarded)).frame());
        return (int)
                history.stream().filter(frame -> of(frame.frame()) >= oldest).count();
    }

    /** Those winners whose whole segment won. */
    public int[] whole(Contest contest, int[] winners) {
        if (frames == 0) {
            return winners;
        }
        BitSet won = new BitSet();
        Arrays.stream(winners).forEach(won::set);
        Set<Long> broken = Arrays.stream(contest.candidates())
                .filter(token -> !won.get(token))
                .mapToObj(token -> segment(contest.cell(), token))
                .collect(Collectors.toSet());
        return Arrays.stream(winners)
                .filter(token -> !broken.contains(segment(contest.cell(), token)))
                .toArray();
    }

    private long segment(Cell cell, int token) {
        return of(cell.frame(cell.frameOf(token)).frame());
    }
}
