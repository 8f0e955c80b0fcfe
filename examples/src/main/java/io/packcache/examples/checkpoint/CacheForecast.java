package io.packcache.examples.checkpoint;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenTable;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.tier.TierSettings;

/**
 * What the cache of one branch will hold: the policy itself is run, on a cache of one narrow layer with the real tokens.
 *
 * @param reservedRows rows reserved at most
 * @param attendedRows rows that a token sees, on average
 * @param positions places in the sequence that are used at most
 */
record CacheForecast(long reservedRows, double attendedRows, long positions) {

    /** One layer, one head, the narrowest that the positions allow. */
    private static final CacheShape NARROW = new CacheShape(1, 1, FrameProcedure.NARROW_HEAD);

    /** Bytes of a token's rows, in the format of the backend, and of its place in the table. */
    static long bytesPerToken(CacheShape shape, Backend backend) {
        return shape.bytesPerToken() / Float.BYTES * backend.cacheFormat().bytes() + TokenTable.BYTES_PER_TOKEN;
    }

    static CacheForecast run(FrameProcedure procedure, CompactionPolicy policy, int latentFrames, Backend backend) {
        Positions positions = new Positions(procedure.rotary(), PositionStride.of(procedure.grid()));
        int length = procedure.grid().frameLength();
        long reserved = 0;
        double attended = 0;
        long slots = 0;
        try (KvCache cache = new KvCache(backend, NARROW, procedure.grid(), positions, CacheBudget.unlimited())) {
            if (!policy.tiers().isNone()) {
                cache.archive(TierSettings.unlimitedHost());
            }
            cache.stage(procedure.prefix());
            cache.commit();
            for (int frame = 0; frame < latentFrames; frame++) {
                attended += cache.tokens() + (procedure.causal() ? (length + 1) / 2.0 : length);
                slots = Math.max(slots, cache.nextSlot() + 1);
                cache.stage(procedure.frames().of(frame, cache.nextSlot()));
                cache.commit();
                long attendable = cache.residentBytes() - cache.tierBytes().host();
                reserved = Math.max(reserved, attendable / bytesPerToken(NARROW, backend));
                cache.apply(policy.plan(cache.view(policy.signals()), Budget.unlimited()));
            }
        }
        return new CacheForecast(
                reserved, attended / latentFrames, procedure.prefix().size() + slots * length);
    }
}
