package io.packcache.examples.lab;

import java.util.ArrayList;
import java.util.List;

/** Means by index, of numbers that come in any order; NaN where none came. */
public final class Mean {

    private final List<Double> sums = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();

    /** Adds a number to the mean at an index, from 0. */
    public void add(int index, double value) {
        while (sums.size() <= index) {
            sums.add(0.0);
            counts.add(0);
        }
        sums.set(index, sums.get(index) + value);
        counts.set(index, counts.get(index) + 1);
    }

    /** The mean at index 0; NaN if nothing was added there. */
    public double first() {
        return sums.isEmpty() || counts.get(0) == 0 ? Double.NaN : sums.get(0) / counts.get(0);
    }

    /** The means, by index. */
    public List<Double> values() {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < sums.size(); i++) {
            means.add(counts.get(i) == 0 ? Double.NaN : sums.get(i) / counts.get(i));
        }
        return means;
    }
}
