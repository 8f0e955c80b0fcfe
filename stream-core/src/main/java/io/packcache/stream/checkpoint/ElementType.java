package io.packcache.stream.checkpoint;

import io.packcache.kvcache.compute.NumberFormat;
import java.nio.ByteBuffer;
import java.util.Optional;

/** How a safetensors file stores one number; always little-endian. */
public enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }

    /** Whether the numbers are floating point of at most 32 bits, which is what weights may be. */
    public boolean isWeight() {
        return weightFormat().isPresent();
    }

    /** Whether the numbers are whole. */
    public boolean isInteger() {
        return this != F64 && !isWeight();
    }

    /** The format that a backend keeps such numbers in; empty if they cannot be weights. */
    public Optional<NumberFormat> weightFormat() {
        return switch (this) {
            case F32 -> Optional.of(NumberFormat.FLOAT32);
            case F16 -> Optional.of(NumberFormat.FLOAT16);
            case BF16 -> Optional.of(NumberFormat.BFLOAT16);
            default -> Optional.empty();
        };
    }

    /** Widens {@code count} numbers of {@code bytes}, which are weights, from number {@code first} on. */
    void widen(ByteBuffer bytes, int first, float[] target, int at, int count) {
        switch (this) {
            case F32 -> bytes.asFloatBuffer().get(first, target, at, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = halfToFloat(bytes.getShort(2 * (first + i)));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = brainToFloat(bytes.getShort(2 * (first + i)));
                }
            }
            default -> throw new IllegalArgumentException(this + " is no type of weights");
        }
    }

    static Optional<ElementType> named(String name) {
        for (ElementType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Widens an IEEE 754 half to a float; every half has an exact float. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float subnormal = fraction * 0x1p-24f;
            return sign == 0 ? subnormal : -subnormal;
        }
        int widened = exponent == 0x1f ? 0xff : exponent + (127 - 15);
        return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
    }

    /** Widens a bfloat16 to a float by appending zero bits. */
    static float brainToFloat(short brain) {
        return Float.intBitsToFloat(brain << 16);
    }
}
