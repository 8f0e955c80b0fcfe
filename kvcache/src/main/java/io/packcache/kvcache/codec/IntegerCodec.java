package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.rows.AffineRanges;
import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.Groups;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.Ranges;

/**
 * Integers between the smallest and the largest value of each group: KIVI (Liu et al., arXiv 2402.02750).
 *
 * <p>Keys have outlier channels, so their groups run along a channel; values have none, and groups along a token keep
 * the error of a token its own. Cost: the bits of the code and 32 bits (scale and zero in bfloat16) per group. KIVI's
 * third rule, that the newest tokens stay raw, is the plan's.
 *
 * <p>Error of a value: at most half a step. A step is {@code (max - min) / (2^bits - 1)} of its group, up to
 * {@code 2^-7} wider and with min up to {@code 2^-7 |min|} lower, because both are rounded outwards to bfloat16.
 *
 * @param name name in settings
 * @param packing codes of 1, 2, 4 or 8 bits
 * @param axis along what the groups run
 * @param group values in a group, at least 1; the last of a page or token may be smaller
 */
public record IntegerCodec(String name, Packing packing, Axis axis, int group) implements Codec {

    /** Values a group of KIVI shares one scale with. */
    public static final int KIVI_GROUP = 32;

    /** Along what the values of a group lie. */
    public enum Axis {
        /** Consecutive rows of one column: for keys. */
        CHANNEL,
        /** Consecutive columns of one row: for values. */
        TOKEN
    }

    @Override
    public PackedRows encode(float[] rows, int count, int columns) {
        Groups groups = axis == Axis.CHANNEL ? Groups.runs(count, group) : Groups.single(count);
        return new Quantizer(packing, groups, block(), rows, count, columns).affine();
    }

    @Override
    public long bytes(int count, int columns) {
        long codes = Codes.bytes(packing, count, columns);
        if (axis == Axis.TOKEN) {
            return codes + AffineRanges.bytes(count, Ranges.blocks(columns, group));
        }
        long groups = ((long) count + group - 1) / group;
        return codes + AffineRanges.bytes(groups, columns) + groups * Integer.BYTES;
    }

    private int block() {
        return axis == Axis.CHANNEL ? 1 : group;
    }
}
