package io.packcache.examples.world;

/**
 * How difficult the drawn scenes are.
 *
 * @param gradedShare share of scenes with a graded background
 * @param secondObjectShare share of scenes with a second object
 * @param barShare share of scenes with a bar
 * @param lattice distance of possible start centres in pixels, 8 or 4; at 8 every object moves from cell to cell
 */
public record WorldOptions(double gradedShare, double secondObjectShare, double barShare, int lattice) {

    public WorldOptions {
        if (lattice != 4 && lattice != 8) {
            throw new IllegalArgumentException("lattice must be 4 or 8, not " + lattice);
        }
    }

    /** One object before a plain or graded background: what the shipped checkpoint was trained on. */
    public static WorldOptions oneObject() {
        return new WorldOptions(0.4, 0, 0, Geometry.STEP);
    }

    /** Everything: bars to pass behind and second objects. */
    public static WorldOptions full() {
        return new WorldOptions(0.4, 0.35, 0.35, Geometry.STEP);
    }
}
