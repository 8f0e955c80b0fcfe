package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.Groups;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.SymmetricRanges;

/**
 * Values at 1.58 bits: VidKV (Tao et al., arXiv 2503.16257).
 *
 * <p>Of {@value #GROUP} consecutive tokens of a channel, m is the mean magnitude; a value becomes 0 where its magnitude is
 * at most m/2, else m with its sign. Five ternary digits share a byte, the mean is an 8-bit float: 1.85 bits a value.
 *
 * <p>Error of a value x: {@code |x|} where {@code |x| <= m/2}, else {@code ||x| - m|}, with m within 1/16 of the group's
 * mean magnitude; so at most {@code max(17/32 mean, max - 15/16 mean)}.
 */
record TernaryCodec() implements Codec {

    /** Tokens that share a mean. */
    static final int GROUP = 32;

    @Override
    public String name() {
        return "vidkv";
    }

    @Override
    public PackedRows encode(float[] rows, int count, int columns) {
        return new Quantizer(Packing.TRITS, Groups.runs(count, GROUP), 1, rows, count, columns)
                .symmetric((largest, mean) -> mean);
    }

    @Override
    public long bytes(int count, int columns) {
        long groups = ((long) count + GROUP - 1) / GROUP;
        return Codes.bytes(Packing.TRITS, count, columns)
                + SymmetricRanges.bytes(groups, columns)
                + groups * Integer.BYTES;
    }
}
