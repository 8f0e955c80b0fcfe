package io.packcache.kvcache.plan;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a policy sees of a cache: frames and tokens by name, never storage.
 *
 * @param grid layout of a frame
 * @param shape layers, KV heads and head size
 * @param textTokens text tokens held
 * @param frames frames held, conditioning frames included, in time order, newest last
 * @param archive generated frames of which the archive has a copy, held or not, in time order: what their copies have, at slot -1
 * @param bytesPerToken bytes that one raw token occupies in one branch, over all layers and heads
 * @param signals what the policy declared
 */
public record CacheView(
        FrameGrid grid,
        CacheShape shape,
        int textTokens,
        List<FrameView> frames,
        List<FrameView> archive,
        long bytesPerToken,
        Signals signals) {

    public CacheView {
        frames = List.copyOf(frames);
        archive = List.copyOf(archive);
    }

    /** A cache without archive and signals. */
    public CacheView(FrameGrid grid, CacheShape shape, int textTokens, List<FrameView> frames, long bytesPerToken) {
        this(grid, shape, textTokens, frames, List.of(), bytesPerToken, Signals.NONE);
    }

    /** The same cache with other signals. */
    public CacheView withSignals(Signals newSignals) {
        return new CacheView(grid, shape, textTokens, frames, archive, bytesPerToken, newSignals);
    }

    /** Generated frames held, newest first. */
    public List<FrameView> historyNewestFirst() {
        List<FrameView> history = new ArrayList<>(frames);
        history.removeIf(FrameView::condition);
        Collections.reverse(history);
        return history;
    }

    /** Content tokens of all generated frames together; where heads hold different ones, their mean, rounded up. */
    public long historyTokens() {
        long entries = frames.stream()
                .filter(frame -> !frame.condition())
                .mapToLong(frame -> frame.held().entries(shape))
                .sum();
        return (entries + shape.cells() - 1) / shape.cells();
    }
}
