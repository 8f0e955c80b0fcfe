package io.packcache.stream.frame;

/**
 * The length of one tick, as a fraction of a second: {@code numerator / denominator}.
 *
 * @param numerator at least 1
 * @param denominator at least 1
 */
public record TimeBase(int numerator, int denominator) {

    public TimeBase {
        if (numerator < 1 || denominator < 1) {
            throw new IllegalArgumentException(
                    "a time base is a positive fraction of a second, got " + numerator + "/" + denominator);
        }
    }

    /** One tick per picture at {@code fps} pictures a second. */
    public static TimeBase ofFramesPerSecond(int fps) {
        return new TimeBase(1, fps);
    }

    /** The time of a tick in seconds. */
    public double seconds(long ticks) {
        return (double) ticks * numerator / denominator;
    }
}
