package io.packcache.kvcache.compute.rows;

/** The upper half of a float32: eight exponent bits, seven of the fraction. */
public final class Bfloat16 {

    private Bfloat16() {}

    /** The float this half stands for. */
    public static float value(short half) {
        return Float.intBitsToFloat(half << 16);
    }

    /** The nearest half, ties to even. NaN stays NaN. */
    public static short nearest(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }

    /** The largest half not above a finite value. */
    public static short below(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits < 0 ? (bits + 0xFFFF) >>> 16 : bits >>> 16);
    }

    /** The smallest half not below a finite value. */
    public static short above(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits < 0 ? bits >>> 16 : (bits + 0xFFFF) >>> 16);
    }
}
