package io.packcache.kvcache.compute.rows;

import java.nio.ByteBuffer;

/** Scale and zero apart, each a bfloat16: codes run from the smallest to the largest value of their range. */
public final class AffineRanges implements Ranges {

    static final byte TAG = 0;

    private final Groups groups;
    private final int block;
    private final short[] scales;
    private final short[] zeros;

    /**
     * Takes the arrays over.
     *
     * @param block columns that share a scale, at least 1
     * @param scales bfloat16, shape (groups, blocks)
     * @param zeros same shape
     */
    public AffineRanges(Groups groups, int block, short[] scales, short[] zeros) {
        this.groups = groups;
        this.block = block;
        this.scales = scales;
        this.zeros = zeros;
    }

    /** Bytes of so many groups of so many blocks. */
    public static long bytes(long groups, int blocks) {
        return 2L * Short.BYTES * groups * blocks;
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
        return Bfloat16.value(scales[group * blocks() + blockIndex]);
    }

    @Override
    public float zero(int group, int blockIndex) {
        return Bfloat16.value(zeros[group * blocks() + blockIndex]);
    }

    private int blocks() {
        return scales.length / groups.count();
    }

    @Override
    public long bytes() {
        return groups.bytes() + (long) Short.BYTES * (scales.length + zeros.length);
    }

    @Override
    public Ranges select(int[] kept) {
        int[] touched = groups.touched(kept);
        int blocks = blocks();
        short[] scalesLeft = new short[touched.length * blocks];
        short[] zerosLeft = new short[touched.length * blocks];
        for (int g = 0; g < touched.length; g++) {
            System.arraycopy(scales, touched[g] * blocks, scalesLeft, g * blocks, blocks);
            System.arraycopy(zeros, touched[g] * blocks, zerosLeft, g * blocks, blocks);
        }
        return new AffineRanges(groups.select(kept), block, scalesLeft, zerosLeft);
    }

    @Override
    public long storedBytes() {
        return Byte.BYTES + 2L * Integer.BYTES + bytes();
    }

    @Override
    public void store(ByteBuffer out) {
        out.put(TAG).putInt(block);
        groups.store(out);
        StoredRows.putShorts(out, scales);
        StoredRows.putShorts(out, zeros);
    }

    static AffineRanges load(ByteBuffer in, Groups groups, int block, int blocks) {
        long count = (long) groups.count() * blocks;
        return new AffineRanges(groups, block, StoredRows.getShorts(in, count), StoredRows.getShorts(in, count));
    }
}
