package io.packcache.stream.tokenizer;

/** Pixels as 8 bits, 0 to 255, and as numbers, -1 to 1. */
final class PixelScale {

    private static final float[] VALUES = new float[256];

    static {
        for (int i = 0; i < VALUES.length; i++) {
            VALUES[i] = i / 127.5f - 1;
        }
    }

    private PixelScale() {}

    /** The number for a pixel byte, which Java reads as signed. */
    static float value(byte pixel) {
        return VALUES[pixel & 0xFF];
    }

    /** The pixel byte for a number; clamped, then truncated as the models' reference implementations do. */
    static byte pixel(float value) {
        float clamped = Math.min(1, Math.max(-1, value));
        return (byte) (int) ((clamped + 1) / 2 * 255);
    }

    /** The first {@code count} bytes of {@code rgb} as numbers. */
    static float[] values(byte[] rgb, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(rgb[i]);
        }
        return values;
    }
}
