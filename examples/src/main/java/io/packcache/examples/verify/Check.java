package io.packcache.examples.verify;

/**
 * One comparison.
 *
 * @param name what was compared
 * @param error largest absolute difference; not a number if either side is not
 * @param limit largest difference that passes; 0 for what must be equal
 */
public record Check(String name, double error, double limit) {

    /** Whether the difference is within the limit. */
    public boolean passed() {
        return error <= limit;
    }
}
