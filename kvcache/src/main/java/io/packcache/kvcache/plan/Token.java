package io.packcache.kvcache.plan;

/**
 * A content token by name.
 *
 * @param frame number of its latent frame
 * @param place content index within the frame, see {@link io.packcache.kvcache.FrameGrid}
 */
public record Token(long frame, int place) {}
