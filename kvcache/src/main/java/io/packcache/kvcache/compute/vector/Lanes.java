package io.packcache.kvcache.compute.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this run, a constant for the compiler, and what every kernel needs of it. */
final class Lanes {

    /** Bits per vector: 128, 256 or 512; the machine's preferred width unless set. */
    static final String WIDTH_PROPERTY = "packcache.vector.bits";

    static final VectorSpecies<Float> SPECIES = species();

    /** Floats in one vector. */
    static final int LANES = SPECIES.length();

    /** Columns of a panel: the two vectors that one tile keeps side by side. */
    static final int PANEL = 2 * LANES;

    private Lanes() {}

    private static VectorSpecies<Float> species() {
        String bits = System.getProperty(WIDTH_PROPERTY);
        return bits == null
                ? FloatVector.SPECIES_PREFERRED
                : VectorSpecies.of(float.class, VectorShape.forBitSize(Integer.parseInt(bits)));
    }

    static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(SPECIES, array, at);
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** The larger values of both; NaN in {@code fresh} stays. {@code other} may be carried around a loop. */
    static FloatVector larger(FloatVector fresh, FloatVector other) {
        // Not max(): that takes care of NaN and -0 in five instructions where this takes two.
        return fresh.blend(other, fresh.compare(VectorOperators.LT, other));
    }

    /** The sum over the lanes of a vector carried around a loop. */
    static float total(FloatVector carried) {
        return all(0).add(carried).reduceLanes(VectorOperators.ADD);
    }

    /** Rows of simple work that are worth waking another thread for. */
    static int rowsPerChunk(int columns) {
        return Math.max(1, 16_384 / columns);
    }
}
