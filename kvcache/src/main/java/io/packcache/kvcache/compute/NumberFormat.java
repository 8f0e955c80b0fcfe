package io.packcache.kvcache.compute;

/** How a weight is stored; a backend keeps the format, widens while it computes and sums in float32. */
public enum NumberFormat {

    /** IEEE 754 single precision. */
    FLOAT32(4) {
        @Override
        public int narrow(float value) {
            return Float.floatToRawIntBits(value);
        }

        @Override
        public float widen(int bits) {
            return Float.intBitsToFloat(bits);
        }
    },

    /** The upper half of a float32. */
    BFLOAT16(2) {
        @Override
        public int narrow(float value) {
            return Float.floatToRawIntBits(value) >>> 16;
        }

        @Override
        public float widen(int bits) {
            return Float.intBitsToFloat(bits << 16);
        }
    },

    /** IEEE 754 half precision, finite numbers only. */
    FLOAT16(2) {
        @Override
        public int narrow(float value) {
            int bits = Float.floatToRawIntBits(Math.abs(value) * 0x1p-112f);
            return (Float.floatToRawIntBits(value) >>> 16 & 0x8000) | bits >>> 13;
        }

        @Override
        public float widen(int bits) {
            // The exponents differ by 112, and as a multiplication that is exact for subnormal numbers too.
            float magnitude = Float.intBitsToFloat((bits & 0x7fff) << 13) * 0x1p112f;
            return (bits & 0x8000) == 0 ? magnitude : -magnitude;
        }
    };

    private final int bytes;

    NumberFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** The bits of a value that has this format; what does not fit it is cut off, not rounded. */
    public abstract int narrow(float value);

    /** The value of such bits; those above the format's own are ignored, as are infinities of half precision. */
    public abstract float widen(int bits);
}
