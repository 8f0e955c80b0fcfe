package io.packcache.examples.verify;

import io.packcache.kvcache.compute.NumberFormat;
import java.util.ArrayList;
import java.util.List;

/** Compares numbers and keeps what came of it. */
final class Checks {

    /** For cosines and sines, and the Haar transform. */
    static final double TIGHT = 1e-5;

    /** For activations; for logits and the like it is multiplied by one more than their spread. */
    static final double LOOSE = 1e-4;

    /** How much wider the limits of activations are where a backend computes in bfloat16, which keeps 8 bits of 24. */
    private static final double BFLOAT16_ACTIVATIONS = 1500;

    /** The same for probabilities, most of which are far below 1. */
    private static final double BFLOAT16_PROBABILITIES = 100;

    /** How many picture codes may differ there: where a number lies between two levels its last bits decide. */
    private static final double BFLOAT16_CODES = 0.1;

    private final List<Check> list = new ArrayList<>();
    private final boolean narrow; // computed in bfloat16
    private final double factor; // of the limits of activations

    /** Comparisons of what is computed in float32. */
    Checks() {
        this(NumberFormat.FLOAT32);
    }

    /** @param computed in which the backend multiplies and attends */
    Checks(NumberFormat computed) {
        this.narrow = computed == NumberFormat.BFLOAT16;
        this.factor = narrow ? BFLOAT16_ACTIVATIONS : 1;
    }

    List<Check> list() {
        return List.copyOf(list);
    }

    void add(Check check) {
        list.add(check);
    }

    void within(String name, float[] expected, float[] found, double limit) {
        list.add(new Check(name, largestDifference(expected, found), limit));
    }

    /** The limit grows with the standard deviation of what is expected. */
    void withinSpread(String name, float[] expected, float[] found) {
        within(name, expected, found, factor * LOOSE * (1 + spread(expected)));
    }

    /** The limit grows with the standard deviation of what is expected once that exceeds 1: float32 resolves no more. */
    void withinScale(String name, float[] expected, float[] found, double limit) {
        within(name, expected, found, factor * limit * Math.max(1, spread(expected)));
    }

    void probabilities(String name, float[] expected, float[] found) {
        within(name, expected, found, narrow ? LOOSE * BFLOAT16_PROBABILITIES : LOOSE);
    }

    /** Codes that a tokenizer gave pictures: the very same, or in bfloat16 all but a few. */
    void codes(String name, long[] expected, long[] found) {
        if (!narrow || expected.length != found.length) {
            exact(name, expected, found);
            return;
        }
        int different = 0;
        for (int i = 0; i < found.length; i++) {
            different += expected[i] == found[i] ? 0 : 1;
        }
        list.add(new Check(name + " (share that differs)", (double) different / found.length, BFLOAT16_CODES));
    }

    void exact(String name, long[] expected, long[] found) {
        double error = expected.length == found.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(expected.length, found.length); i++) {
            error = Math.max(error, Math.abs((double) expected[i] - found[i]));
        }
        list.add(new Check(name, error, 0));
    }

    void exact(String name, long[] expected, int[] found) {
        long[] wide = new long[found.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = found[i];
        }
        exact(name, expected, wide);
    }

    private static double largestDifference(float[] expected, float[] found) {
        if (expected.length != found.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            // Math.max keeps a NaN once it has met one.
            largest = Math.max(largest, Math.abs((double) expected[i] - found[i]));
        }
        return largest;
    }

    private static double spread(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / Math.max(1, values.length);
        return Math.sqrt(Math.max(0, squares / Math.max(1, values.length) - mean * mean));
    }
}
