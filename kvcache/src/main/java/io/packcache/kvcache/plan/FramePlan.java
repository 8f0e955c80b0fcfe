package io.packcache.kvcache.plan;

import java.util.BitSet;

/**
 * What stays of one frame. Its markers stay with it.
 *
 * @param frame number of the latent frame
 * @param slot the frame's place on the time axis from now on; differs from its present slot when gaps are closed
 * @param kept content indices that stay, a subset of what is held; not to be modified
 */
public record FramePlan(long frame, long slot, BitSet kept) {}
