package io.packcache.examples.world;

import java.util.Locale;

/** The outline of an object; every outline fits into the square of half-side {@code radius} around its centre. */
public enum Shape {
    CIRCLE,
    SQUARE,
    TRIANGLE;

    private static final double SQUARE_SIDE = 0.9;
    private static final double TRIANGLE_SLOPE = Math.sqrt(5);

    /** The word that captions use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * How much of the pixel whose middle lies at {@code (dx, dy)} from the centre is covered, from 0 to 1.
     *
     * <p>The distance to the outline, in pixels, softened over one pixel: edges come out anti-aliased.
     */
    public double coverage(double dx, double dy, double radius) {
        return Math.max(0, Math.min(1, depth(dx, dy, radius) + 0.5));
    }

    private double depth(double dx, double dy, double radius) {
        return switch (this) {
            case CIRCLE -> radius - Math.hypot(dx, dy);
            case SQUARE -> SQUARE_SIDE * radius - Math.max(Math.abs(dx), Math.abs(dy));
            case TRIANGLE -> Math.min(radius - dy, (dy + radius - 2 * Math.abs(dx)) / TRIANGLE_SLOPE);
        };
    }
}
