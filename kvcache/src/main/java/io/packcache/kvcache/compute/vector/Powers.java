package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.larger;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Powers of two, the exponential of every kernel. */
final class Powers {

    /** Turns a power of e into a power of two. */
    static final float LOG2_E = 1.44269504f;

    /** Adding 1.5 x 2^23 leaves a small float rounded to an integer in the low bits. */
    private static final float ROUNDER = 12582912f;

    private static final int MANTISSA_BITS = 23;

    private Powers() {}

    /**
     * {@code x = 2^(x - minus)} for {@code rows} rows of PANEL values, in place.
     *
     * <p>For powers below 128; relative error below 3e-7, exactly 0 from -127 down. The polynomial is that of Cephes'
     * exp2f on [-1/2, 1/2]; the integer part goes into the exponent bits.
     *
     * <p>Two vectors are written out side by side on purpose: it hides latency, and it makes the method too long to be
     * inlined (325 bytes of code). Inlined into its callers it would exhaust the compiler's budget, and vectors would
     * become objects.
     *
     * @param minus PANEL values
     */
    static void exp2(float[] x, int at, int rows, float[] minus) {
        FloatVector minus0 = load(minus, 0);
        FloatVector minus1 = load(minus, LANES);
        for (int t = 0; t < rows; t++) {
            FloatVector x0 = larger(load(x, at + t * PANEL).sub(minus0), all(-127));
            FloatVector x1 = larger(load(x, at + t * PANEL + LANES).sub(minus1), all(-127));
            FloatVector shifted0 = x0.add(all(ROUNDER));
            FloatVector shifted1 = x1.add(all(ROUNDER));
            FloatVector r0 = x0.sub(shifted0.sub(all(ROUNDER)));
            FloatVector r1 = x1.sub(shifted1.sub(all(ROUNDER)));
            FloatVector p0 = all(1.535336188319500e-4f).fma(r0, all(1.339887440266574e-3f));
            FloatVector p1 = all(1.535336188319500e-4f).fma(r1, all(1.339887440266574e-3f));
            p0 = p0.fma(r0, all(9.618437357674640e-3f));
            p1 = p1.fma(r1, all(9.618437357674640e-3f));
            p0 = p0.fma(r0, all(5.550332471162809e-2f));
            p1 = p1.fma(r1, all(5.550332471162809e-2f));
            p0 = p0.fma(r0, all(2.402264791363012e-1f));
            p1 = p1.fma(r1, all(2.402264791363012e-1f));
            p0 = p0.fma(r0, all(6.931472028550421e-1f));
            p1 = p1.fma(r1, all(6.931472028550421e-1f));
            p0 = p0.fma(r0, all(1));
            p1 = p1.fma(r1, all(1));
            p0.reinterpretAsInts()
                    .add(shifted0.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
                    .reinterpretAsFloats()
                    .intoArray(x, at + t * PANEL);
            p1.reinterpretAsInts()
                    .add(shifted1.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
                    .reinterpretAsFloats()
                    .intoArray(x, at + t * PANEL + LANES);
        }
    }
}
