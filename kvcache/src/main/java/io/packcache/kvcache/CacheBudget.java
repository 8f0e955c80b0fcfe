package io.packcache.kvcache;

/**
 * The hard limit of one cache. All bounds hold; they cover everything held, anchors and staged tokens included. Where heads
 * hold different tokens, a token held by one of n cells counts as 1/n.
 *
 * @param tokens most tokens, at least 1; {@link Long#MAX_VALUE} for no bound
 * @param frames most frame-equivalents, above 0: whole frames' worth of tokens, markers included;
 *     {@link Double#POSITIVE_INFINITY} for no bound
 * @param bytes most resident bytes, at least 1; {@link Long#MAX_VALUE} for no bound
 */
public record CacheBudget(long tokens, double frames, long bytes) {

    public CacheBudget {
        if (tokens < 1 || bytes < 1 || !(frames > 0)) {
            throw new IllegalArgumentException(
                    "a cache budget is at least 1 token, above 0 frames and at least 1 byte, got " + tokens
                            + " tokens, " + frames + " frames and " + bytes + " bytes");
        }
    }

    /** At most this many tokens. */
    public static CacheBudget tokens(long tokens) {
        return new CacheBudget(tokens, Double.POSITIVE_INFINITY, Long.MAX_VALUE);
    }

    /** At most this many frame-equivalents. */
    public static CacheBudget frames(double frames) {
        return new CacheBudget(Long.MAX_VALUE, frames, Long.MAX_VALUE);
    }

    /** At most this many resident bytes. */
    public static CacheBudget bytes(long bytes) {
        return new CacheBudget(Long.MAX_VALUE, Double.POSITIVE_INFINITY, bytes);
    }

    /** No limit but the memory of the machine. */
    public static CacheBudget unlimited() {
        return new CacheBudget(Long.MAX_VALUE, Double.POSITIVE_INFINITY, Long.MAX_VALUE);
    }

    /** The bounds that count tokens, as one number. */
    public long tokens(FrameGrid grid) {
        double ofFrames = Math.floor(frames * grid.frameLength());
        return ofFrames < tokens ? (long) ofFrames : tokens;
    }
}
