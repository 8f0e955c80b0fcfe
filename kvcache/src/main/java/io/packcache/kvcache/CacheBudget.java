package io.packcache.kvcache;

/**
 * The hard limit of one cache. Both bounds hold; they cover everything held, anchors and staged tokens included.
 *
 * @param tokens most tokens, at least 1; {@link Long#MAX_VALUE} for no bound
 * @param bytes most resident bytes, at least 1; {@link Long#MAX_VALUE} for no bound
 */
public record CacheBudget(long tokens, long bytes) {

    public CacheBudget {
        if (tokens < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a cache budget is at least 1 token and 1 byte, got " + tokens + " tokens and " + bytes + " bytes");
        }
    }

    /** At most this many tokens. */
    public static CacheBudget tokens(long tokens) {
        return new CacheBudget(tokens, Long.MAX_VALUE);
    }

    /** At most this many resident bytes. */
    public static CacheBudget bytes(long bytes) {
        return new CacheBudget(Long.MAX_VALUE, bytes);
    }

    /** No limit but the memory of the machine. */
    public static CacheBudget unlimited() {
        return new CacheBudget(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Tokens that fit both bounds when each token takes {@code bytesPerToken}. */
    public long capacity(long bytesPerToken) {
        return Math.min(tokens, bytes / bytesPerToken);
    }
}
