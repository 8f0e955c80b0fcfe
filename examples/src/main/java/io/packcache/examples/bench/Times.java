package io.packcache.examples.bench;

import java.util.Collection;

/** Repeated times of one piece of work, in seconds, sorted. */
final class Times {

    private final double[] seconds;

    Times(Collection<Double> seconds) {
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("a measurement needs at least one time");
        }
        this.seconds =
                seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    double median() {
        return quantile(0.5);
    }

    /** Half of the distance between the quartiles, relative to the median: how far a time typically strays. */
    double spread() {
        return (quantile(0.75) - quantile(0.25)) / 2 / median();
    }

    private double quantile(double share) {
        double at = share * (seconds.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, seconds.length - 1);
        return seconds[below] + (at - below) * (seconds[above] - seconds[below]);
    }
}
