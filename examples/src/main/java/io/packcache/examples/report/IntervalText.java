package io.packcache.examples.report;

import io.packcache.examples.lab.Interval;
import java.util.Locale;

/** Intervals as they stand in tables. */
public final class IntervalText {

    private IntervalText() {}

    /** A mean with its interval, as in the table. */
    public static String value(Interval interval) {
        return interval.clips() == 0
                ? "-"
                : number(interval.mean()) + " (" + number(interval.low()) + " to " + number(interval.high()) + ")";
    }

    /** A mean alone. */
    static String mean(Interval interval) {
        return interval.clips() == 0 ? "-" : number(interval.mean());
    }

    /** A difference with its interval; "none" if that holds zero or the clips are too few to tell. */
    public static String difference(Interval interval) {
        if (interval.clips() == 0) {
            return "-";
        }
        if (interval.low() == 0 && interval.high() == 0) {
            return "same";
        }
        return (interval.excludesZero() ? "" : "none ") + signed(interval.mean()) + " (" + signed(interval.low())
                + " to " + signed(interval.high()) + ")";
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (size >= 10_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.4f", value);
    }

    private static String signed(double value) {
        return (value >= 0 ? "+" : "") + number(value);
    }
}
