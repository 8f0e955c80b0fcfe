package io.packcache.examples.world;

import java.util.Locale;

/** The eight directions of motion; x grows to the right and y grows downwards. */
public enum Direction {
    UP(0, -1),
    DOWN(0, 1),
    LEFT(-1, 0),
    RIGHT(1, 0),
    UP_LEFT(-1, -1),
    UP_RIGHT(1, -1),
    DOWN_LEFT(-1, 1),
    DOWN_RIGHT(1, 1);

    private final int dx;
    private final int dy;

    Direction(int dx, int dy) {
        this.dx = dx;
        this.dy = dy;
    }

    public int dx() {
        return dx;
    }

    public int dy() {
        return dy;
    }

    /** The words that captions use, such as {@code up left}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The direction with these signs, or null if both are zero. */
    public static Direction of(int signX, int signY) {
        for (Direction direction : values()) {
            if (direction.dx == signX && direction.dy == signY) {
                return direction;
            }
        }
        return null;
    }
}
