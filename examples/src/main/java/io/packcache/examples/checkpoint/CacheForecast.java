package io.packcache.examples.checkpoint;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenTable;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.tier.TierSettings;
import io.packcache.stream.model.HistoryMask;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SequenceLayout;
import java.util.BitSet;

/**
 * What the cache of one branch will hold: the policy itself is run, on a cache of one narrow layer with the real tokens.
 *
 * @param reservedRows rows reserved at most
 * @param attendedRows rows that the frames see, on average, themselves included
 */
record CacheForecast(long reservedRows, double attendedRows) {

    /** One layer, one head, the narrowest that the positions allow. */
    private static final CacheShape NARROW = new CacheShape(1, 1, 32);

    static CacheForecast run(
            ModelConfig config,
            FrameGrid grid,
            CompactionPolicy policy,
            int textTokens,
            int latentFrames,
            double maskRatio,
            Backend backend) {
        SequenceLayout layout = SequenceLayout.guided(config, grid, new int[textTokens], 0, 1);
        BitSet masked = HistoryMask.of(grid.contentLength(), maskRatio);
        Positions positions =
                new Positions(new MmRope(NARROW.headSize(), config.network().theta()), PositionStride.of(grid));
        long reserved = 0;
        long attended = 0;
        try (KvCache cache = new KvCache(backend, NARROW, grid, positions, CacheBudget.unlimited())) {
            if (!policy.tiers().isNone()) {
                cache.archive(TierSettings.unlimitedHost());
            }
            cache.stage(layout.prefixTokens());
            cache.commit();
            for (int frame = 0; frame < latentFrames; frame++) {
                cache.stage(layout.frameTokens(frame, cache.nextSlot(), masked));
                cache.commit();
                attended += cache.tokens();
                long attendable = cache.residentBytes() - cache.tierBytes().host();
                reserved = Math.max(reserved, attendable / (NARROW.bytesPerToken() + TokenTable.BYTES_PER_TOKEN));
                cache.apply(policy.plan(cache.view(policy.signals()), Budget.unlimited()));
            }
        }
        return new CacheForecast(reserved, (double) attended / latentFrames);
    }
}
