package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.List;

/** The drawn outline of one shape in one size, to be laid over bright areas. */
final class Outline {
    private static final int REACH = 3;
    private static final int ROOM = 4;

    private final int side;
    private final int half;
    private final Shape shape;
    private final ObjectSize size;
    private final int radius;
    private final double[] covered;
    private final double area;

    private Outline(Geometry field, Shape shape, ObjectSize size) {
        this.side = field.side();
        this.half = field.largeRadius() + ROOM;
        this.shape = shape;
        this.size = size;
        this.radius = field.radius(size);
        this.covered = new double[4 * half * half];
        double sum = 0;
        for (int i = 0; i < covered.length; i++) {
            int row = i / (2 * half);
            int column = i - row * 2 * half;
            covered[i] = shape.coverage(column + 0.5 - half, row + 0.5 - half, radius);
            sum += covered[i];
        }
        this.area = sum;
    }

    static List<Outline> all(Geometry field) {
        List<Outline> outlines = new ArrayList<>();
        for (Shape shape : Shape.values()) {
            for (ObjectSize size : ObjectSize.values()) {
                outlines.add(new Outline(field, shape, size));
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
        double below = shape == Shape.TRIANGLE ? radius / 3.0 : 0;
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
            int x = pixel % side - centreX + half;
            int y = pixel / side - centreY + half;
            if (x >= 0 && x < 2 * half && y >= 0 && y < 2 * half) {
                both += covered[y * 2 * half + x];
            }
        }
        return both / (area + brightPixels.length - both);
    }
}
