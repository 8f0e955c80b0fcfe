package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.List;

/** The drawn outline of one shape in one size, to be laid over bright areas. */
final class Outline {
    private static final int SIDE = Geometry.SIDE;
    private static final int REACH = 3;
    private static final int HALF = 16;

    private final Shape shape;
    private final ObjectSize size;
    private final double[] covered = new double[4 * HALF * HALF];
    private final double area;

    private Outline(Shape shape, ObjectSize size) {
        this.shape = shape;
        this.size = size;
        double sum = 0;
        for (int i = 0; i < covered.length; i++) {
            int row = i / (2 * HALF);
            int column = i - row * 2 * HALF;
            covered[i] = shape.coverage(column + 0.5 - HALF, row + 0.5 - HALF, size.radius());
            sum += covered[i];
        }
        this.area = sum;
    }

    static List<Outline> all() {
        List<Outline> outlines = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            for (ObjectSize size : ObjectSize.values()) {
                outlines.add(new Outline(shape, size));
            }
        }
        return outlines;
    }

    Shape shape() {
        return shape;
    }

    ObjectSize size() {
        return size;
    }

    /** The centre of an object of this outline whose area has its middle at a place. */
    Point centre(Point middle) {
        double below = shape == Shape.TRIANGLE ? size.radius() / 3.0 : 0;
        return new Point(middle.x(), middle.y() - below);
    }

    /** The best overlap, area in common over area in either, for centres near the one that the middle suggests. */
    double bestOverlap(int[] brightPixels, Point middle) {
        Point centre = centre(middle);
        int x = (int) Math.round(centre.x());
        int y = (int) Math.round(centre.y());
        double best = 0;
        for (int dy = -REACH; dy <= REACH; dy++) {
            for (int dx = -REACH; dx <= REACH; dx++) {
                best = Math.max(best, overlap(brightPixels, x + dx, y + dy));
            }
        }
        return best;
    }

    private double overlap(int[] brightPixels, int centreX, int centreY) {
        double both = 0;
        for (int pixel : brightPixels) {
            int x = pixel % SIDE - centreX + HALF;
            int y = pixel / SIDE - centreY + HALF;
            if (x >= 0 && x < 2 * HALF && y >= 0 && y < 2 * HALF) {
                both += covered[y * 2 * HALF + x];
            }
        }
        return both / (area + brightPixels.length - both);
    }
}
