package io.packcache.kvcache.plan;

/** A plan does not fit the cache it was to be applied to; the cache is unchanged. */
public final class InvalidPlanException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** A plan that is refused, and why. */
    public InvalidPlanException(String message) {
        super(message);
    }
}
