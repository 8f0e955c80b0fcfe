package io.packcache.kvcache;

/** Tokens were refused because they do not fit the cache's hard budget; nothing was written. */
public final class CacheBudgetExceededException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final int asked;
    private final int held;
    private final long limit;

    CacheBudgetExceededException(int asked, int held, CacheBudget budget, long bytesPerToken) {
        super(message(asked, held, budget, bytesPerToken));
        this.asked = asked;
        this.held = held;
        this.limit = budget.capacity(bytesPerToken);
    }

    /** Tokens that were to be staged. */
    public int asked() {
        return asked;
    }

    /** Tokens held at that moment, staged ones included. */
    public int held() {
        return held;
    }

    /** Most tokens the budget allows. */
    public long limit() {
        return limit;
    }

    private static String message(int asked, int held, CacheBudget budget, long bytesPerToken) {
        long limit = budget.capacity(bytesPerToken);
        String origin = limit < budget.tokens()
                ? " (a budget of " + budget.bytes() + " bytes at " + bytesPerToken + " bytes a token)"
                : "";
        return "the cache holds " + held + " tokens and was asked for " + asked + " more, over its limit of " + limit
                + " tokens" + origin;
    }
}
