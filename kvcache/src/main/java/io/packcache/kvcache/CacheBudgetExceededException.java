package io.packcache.kvcache;

/** Tokens were refused because they do not fit the cache's hard budget; nothing was written. */
public final class CacheBudgetExceededException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final long asked;
    private final long held;
    private final long limit;

    CacheBudgetExceededException(long asked, long held, long limit, String origin) {
        super("the cache holds " + held + " tokens and was asked for " + asked + " more, over its limit of " + limit
                + " tokens" + origin);
        this.asked = asked;
        this.held = held;
        this.limit = limit;
    }

    /** Tokens that were to be added. */
    public long asked() {
        return asked;
    }

    /** Tokens held at that moment, staged ones included. */
    public long held() {
        return held;
    }

    /** Most tokens the budget allows. */
    public long limit() {
        return limit;
    }
}
