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

    /** Turns a power of e into a power of two. */
    static final float LOG2_E = 1.44269504f;

    /** Adding 1.5 x 2^23 leaves a small float rounded to an integer in the low bits. */
    private static final float ROUNDER = 12582912f;

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

    static FloatVector larger(FloatVector a, FloatVector b) {
        // Not max(): that takes care of NaN and -0 in five instructions where this takes two.
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    /**
     * 2 to the power of {@code x}, for x below 128, within 2 units in the last place; exactly 0 from -127 down.
     *
     * <p>Polynomial of Cephes' exp2f on [-1/2, 1/2]; the integer part goes into the exponent bits.
     */
    static FloatVector exp2(FloatVector x) {
        FloatVector clamped = larger(x, all(-127));
        FloatVector shifted = clamped.add(ROUNDER);
        FloatVector r = clamped.sub(shifted.sub(ROUNDER));
        FloatVector p = all(1.535336188319500e-4f).fma(r, all(1.339887440266574e-3f));
        p = p.fma(r, all(9.618437357674640e-3f));
        p = p.fma(r, all(5.550332471162809e-2f));
        p = p.fma(r, all(2.402264791363012e-1f));
        p = p.fma(r, all(6.931472028550421e-1f));
        p = p.fma(r, all(1));
        return p.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }

    /** Rows of simple work that are worth waking another thread for. */
    static int rowsPerChunk(int columns) {
        return Math.max(1, 16_384 / columns);
    }
}
