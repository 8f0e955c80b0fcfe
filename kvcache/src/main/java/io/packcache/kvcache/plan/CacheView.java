package io.packcache.kvcache.plan;

import io.packcache.kvcache.FrameGrid;
import java.util.List;

/**
 * What a policy sees of a cache: frames and tokens by name, never storage.
 *
 * @param grid layout of a frame
 * @param textTokens text tokens held
 * @param frames frames held, conditioning frames included, in time order, newest last
 */
public record CacheView(FrameGrid grid, int textTokens, List<FrameView> frames) {

    public CacheView {
        frames = List.copyOf(frames);
    }
}
