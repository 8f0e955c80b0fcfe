package io.packcache.kvcache.plan;

import io.packcache.kvcache.FrameGrid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a policy sees of a cache: frames and tokens by name, never storage.
 *
 * @param grid layout of a frame
 * @param textTokens text tokens held
 * @param frames frames held, conditioning frames included, in time order, newest last
 * @param bytesPerToken bytes that one token occupies in one branch, over all layers and heads
 */
public record CacheView(FrameGrid grid, int textTokens, List<FrameView> frames, long bytesPerToken) {

    public CacheView {
        frames = List.copyOf(frames);
    }

    /** Generated frames held, newest first. */
    public List<FrameView> historyNewestFirst() {
        List<FrameView> history = new ArrayList<>(frames);
        history.removeIf(FrameView::condition);
        Collections.reverse(history);
        return history;
    }

    /** Content tokens of all generated frames together. */
    public long historyTokens() {
        return frames.stream()
                .filter(frame -> !frame.condition())
                .mapToLong(frame -> frame.held().cardinality())
                .sum();
    }
}
