package io.packcache.kvcache.plan;

/**
 * An upper bound for the content tokens of all generated frames of one branch together; anchors and frame markers are
 * not counted.
 *
 * @param historyTokens tokens, at least 1; {@link Long#MAX_VALUE} for no bound
 */
public record Budget(long historyTokens) {

    public Budget {
        if (historyTokens < 1) {
            throw new IllegalArgumentException("a history budget is at least 1 token, got " + historyTokens);
        }
    }

    /** No bound beyond the policy's own. */
    public static Budget unlimited() {
        return new Budget(Long.MAX_VALUE);
    }
}
