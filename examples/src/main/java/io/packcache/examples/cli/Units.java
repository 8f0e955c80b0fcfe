package io.packcache.examples.cli;

import java.util.Locale;

/** Quantities as people read them. */
final class Units {

    private Units() {}

    /** {@code 812 B}, {@code 96.5 KiB}, {@code 1.3 MiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes / 1024.0;
        String unit = "KiB";
        if (value >= 1024) {
            value /= 1024;
            unit = "MiB";
        }
        if (value >= 1024) {
            value /= 1024;
            unit = "GiB";
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }

    /** {@code 3.27 s}, {@code 48.1 ms}. */
    static String seconds(double seconds) {
        return seconds < 0.9995
                ? String.format(Locale.ROOT, "%.1f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.2f s", seconds);
    }
}
