package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;

/**
 * Only a scale, an 8-bit float: codes lie symmetrically around zero, {@code value = (code - middle) * scale}.
 *
 * <p>Scales are never negative, so all eight bits serve: five of exponent, three of fraction. The exponents count from the
 * largest scale of the page down, 31 octaves; a scale further below is 0.
 */
public final class SymmetricRanges implements Ranges {

    static final byte TAG = 1;

    /** Largest relative distance between a scale and its 8-bit float, from the smallest normal scale up. */
    public static final double ROUNDING = 1 / 16.0;

    private static final int FRACTION_BITS = 3;
    private static final int FRACTIONS = 1 << FRACTION_BITS;
    private static final int TOP_EXPONENT = 31;

    private final Groups groups;
    private final int block;
    private final float middle;
    private final int exponent;
    private final byte[] scales;
    private final double unit;

    private SymmetricRanges(Groups groups, int block, float middle, int exponent, byte[] scales) {
        this.groups = groups;
        this.block = block;
        this.middle = middle;
        this.exponent = exponent;
        this.scales = scales;
        this.unit = Math.scalb(1.0, exponent);
    }

    /**
     * Rounds scales to 8-bit floats.
     *
     * @param block columns that share a scale, at least 1
     * @param middle the code that stands for zero; may lie between two codes
     * @param scales shape (groups, blocks), finite and not negative
     */
    public static SymmetricRanges of(Groups groups, int block, float middle, float[] scales) {
        float largest = 0;
        for (float scale : scales) {
            largest = Math.max(largest, scale);
        }
        int exponent = largest == 0 ? 0 : Math.getExponent((double) largest) - FRACTION_BITS - TOP_EXPONENT;
        byte[] small = new byte[scales.length];
        for (int i = 0; i < scales.length; i++) {
            small[i] = round(Math.scalb((double) scales[i], -exponent));
        }
        return new SymmetricRanges(groups, block, middle, exponent, small);
    }

    /** Bytes of so many groups of so many blocks. */
    public static long bytes(long groups, int blocks) {
        return groups * blocks;
    }

    private static byte round(double scale) {
        if (scale < FRACTIONS) {
            return 0;
        }
        int octave = Math.getExponent(scale) - FRACTION_BITS;
        long fraction = Math.round(Math.scalb(scale, -octave));
        // A fraction of 16 is the next octave; beyond the last one it is cut to the largest float there is.
        return (byte) Math.min(0xFF, (octave << FRACTION_BITS) + fraction - FRACTIONS);
    }

    @Override
    public Groups groups() {
        return groups;
    }

    @Override
    public int block() {
        return block;
    }

    @Override
    public float scale(int group, int blockIndex) {
        int bits = scales[group * blocks() + blockIndex] & 0xFF;
        return bits == 0 ? 0 : (float) (unit * ((long) (FRACTIONS + bits % FRACTIONS) << (bits >>> FRACTION_BITS)));
    }

    @Override
    public float zero(int group, int blockIndex) {
        return -middle * scale(group, blockIndex);
    }

    private int blocks() {
        return scales.length / groups.count();
    }

    @Override
    public long bytes() {
        return groups.bytes() + scales.length;
    }

    @Override
    public Ranges select(int[] kept) {
        int[] touched = groups.touched(kept);
        int blocks = blocks();
        byte[] left = new byte[touched.length * blocks];
        for (int g = 0; g < touched.length; g++) {
            System.arraycopy(scales, touched[g] * blocks, left, g * blocks, blocks);
        }
        return new SymmetricRanges(groups.select(kept), block, middle, exponent, left);
    }

    @Override
    public long storedBytes() {
        return Byte.BYTES + 4L * Integer.BYTES + bytes();
    }

    @Override
    public void store(ByteBuffer out) {
        out.put(TAG).putInt(block);
        groups.store(out);
        out.putFloat(middle).putInt(exponent).put(scales);
    }

    static SymmetricRanges load(ByteBuffer in, Groups groups, int block, int blocks) {
        float middle = StoredRows.getFloat(in);
        int exponent = StoredRows.getInt(in);
        return new SymmetricRanges(
                groups, block, middle, exponent, StoredRows.getBytes(in, (long) groups.count() * blocks));
    }
}
