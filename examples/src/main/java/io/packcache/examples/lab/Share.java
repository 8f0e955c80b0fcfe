package io.packcache.examples.lab;

/**
 * How many of a number of clips have a property.
 *
 * @param count clips that have it
 * @param of clips asked, at least {@code count}
 */
public record Share(int count, int of) {

    /** Two-sided 95 % of the normal distribution. */
    private static final double Z = 1.96;

    /** The share, 0 to 1; not a number if none was asked. */
    public double value() {
        return (double) count / of;
    }

    /** Lower end of the 95 % interval after Wilson. */
    public double low() {
        return Math.max(0, middle() - halfWidth());
    }

    /** Upper end of the 95 % interval after Wilson. */
    public double high() {
        return Math.min(1, middle() + halfWidth());
    }

    private double middle() {
        return (value() + Z * Z / (2 * of)) / (1 + Z * Z / of);
    }

    private double halfWidth() {
        double p = value();
        return Z * Math.sqrt(p * (1 - p) / of + Z * Z / (4.0 * of * of)) / (1 + Z * Z / of);
    }
}
