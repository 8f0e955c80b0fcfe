package io.packcache.kvcache.tier;

/** All tiers are full and nothing in them may go; the cache is unchanged. */
public final class TierFullException extends TierException {

    private static final long serialVersionUID = 1L;

    TierFullException(String message) {
        super(message, null);
    }
}
