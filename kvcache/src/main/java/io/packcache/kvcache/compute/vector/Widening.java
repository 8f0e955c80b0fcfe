package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import io.packcache.kvcache.compute.NumberFormat;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sixteen-bit numbers in panels, two in an int: lane i of a row holds column i in its lower half and column i + LANES in
 * its upper half, so that shifts and masks alone turn one vector into the two that a tile wants.
 */
final class Widening {

    private static final VectorSpecies<Integer> INTS = Lanes.SPECIES.withLanes(int.class);

    private static final int SIGN = 0x8000_0000;

    private Widening() {}

    /** The two numbers of one lane as one int. */
    static int pair(NumberFormat format, float lower, float upper) {
        return format.narrow(upper) << 16 | format.narrow(lower);
    }

    /**
     * Widens rows of a panel.
     *
     * @param from shape (rows, LANES) from {@code at} on
     * @param to receives shape (rows, PANEL) from its beginning on
     */
    static void rows(NumberFormat format, int[] from, int at, int rows, float[] to) {
        if (format == NumberFormat.BFLOAT16) {
            brains(from, at, rows, to);
        } else {
            halves(from, at, rows, to);
        }
    }

    private static void brains(int[] from, int at, int rows, float[] to) {
        for (int row = 0; row < rows; row++) {
            IntVector pairs = IntVector.fromArray(INTS, from, at + row * LANES);
            pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, row * PANEL);
            pairs.and(0xffff_0000).reinterpretAsFloats().intoArray(to, row * PANEL + LANES);
        }
    }

    /** As {@link NumberFormat#FLOAT16} widens: the exponents differ by 112. */
    private static void halves(int[] from, int at, int rows, float[] to) {
        for (int row = 0; row < rows; row++) {
            IntVector pairs = IntVector.fromArray(INTS, from, at + row * LANES);
            pairs.and(0x7fff)
                    .lanewise(VectorOperators.LSHL, 13)
                    .reinterpretAsFloats()
                    .mul(0x1p112f)
                    .reinterpretAsInts()
                    .or(pairs.lanewise(VectorOperators.LSHL, 16).and(SIGN))
                    .reinterpretAsFloats()
                    .intoArray(to, row * PANEL);
            pairs.and(0x7fff_0000)
                    .lanewise(VectorOperators.LSHR, 3)
                    .reinterpretAsFloats()
                    .mul(0x1p112f)
                    .reinterpretAsInts()
                    .or(pairs.and(SIGN))
                    .reinterpretAsFloats()
                    .intoArray(to, row * PANEL + LANES);
        }
    }
}
