package io.packcache.examples.lab;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** What was measured under one policy, clip by clip. What did not occur in a clip, such as an object's return, is NaN. */
public final class Scores {

    private final int clips;
    private final Map<Measure, double[]> values = new EnumMap<>(Measure.class);
    private final Map<Curve, Mean> curves = new EnumMap<>(Curve.class);

    /** What is followed along the clip. */
    public enum Curve {
        NATS,
        NATS_MOVED,
        IN_PLACE
    }

    /** @param clips that are to be measured */
    public Scores(int clips) {
        this.clips = clips;
    }

    /** Notes what a clip gave; replaces what was noted. */
    public void put(int clip, Measure measure, double value) {
        values.computeIfAbsent(measure, key -> {
            double[] unknown = new double[clips];
            Arrays.fill(unknown, Double.NaN);
            return unknown;
        })[clip] = value;
    }

    /** Whether any clip has a value. */
    public boolean has(Measure measure) {
        return Arrays.stream(of(measure)).anyMatch(value -> !Double.isNaN(value));
    }

    /** One value per clip, NaN where there is none. */
    public double[] of(Measure measure) {
        double[] known = values.get(measure);
        if (known != null) {
            return known.clone();
        }
        double[] unknown = new double[clips];
        Arrays.fill(unknown, Double.NaN);
        return unknown;
    }

    /** The mean over clips. */
    public Interval mean(Measure measure) {
        return Interval.of(of(measure));
    }

    /** How much more than under another policy, clip by clip. */
    public Interval against(Scores other, Measure measure) {
        return Interval.ofDifference(of(measure), other.of(measure));
    }

    /** Means along the clip, by latent frame or picture. */
    public Mean curve(Curve curve) {
        return curves.computeIfAbsent(curve, key -> new Mean());
    }
}
