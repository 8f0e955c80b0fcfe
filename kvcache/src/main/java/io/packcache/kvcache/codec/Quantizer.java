package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.rows.AffineRanges;
import io.packcache.kvcache.compute.rows.Bfloat16;
import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.Groups;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.Ranges;
import io.packcache.kvcache.compute.rows.SymmetricRanges;

/** Rounds the values of each range, some rows of some columns, to evenly spaced levels. */
final class Quantizer {

    private final Packing packing;
    private final Groups groups;
    private final int block;
    private final float[] rows;
    private final int count;
    private final int columns;

    /** How large the levels of a range are, from its values. */
    @FunctionalInterface
    interface Scale {
        float of(float largestMagnitude, float meanMagnitude);
    }

    Quantizer(Packing packing, Groups groups, int block, float[] rows, int count, int columns) {
        this.packing = packing;
        this.groups = groups;
        this.block = block;
        this.rows = rows;
        this.count = count;
        this.columns = columns;
        requireFinite(rows, count, columns);
    }

    /** Refuses what no range could hold, with its place. */
    static void requireFinite(float[] rows, int count, int columns) {
        for (int i = 0; i < count * columns; i++) {
            if (!Float.isFinite(rows[i])) {
                throw new IllegalArgumentException("row " + i / columns + ", column " + i % columns + " holds "
                        + rows[i] + ": only finite values can be encoded");
            }
        }
    }

    /**
     * From the smallest to the largest value of each range; error at most half a step. The smallest is rounded down and
     * the step up to bfloat16, so that both ends stay inside.
     */
    PackedRows affine() {
        int blocks = Ranges.blocks(columns, block);
        short[] scales = new short[Math.multiplyExact(groups.count(), blocks)];
        short[] zeros = new short[scales.length];
        for (int g = 0; g < groups.count(); g++) {
            for (int b = 0; b < blocks; b++) {
                setRange(g, b, g * blocks + b, scales, zeros);
            }
        }
        return pack(new AffineRanges(groups, block, scales, zeros));
    }

    private void setRange(int group, int blockIndex, int at, short[] scales, short[] zeros) {
        float smallest = Float.POSITIVE_INFINITY;
        float largest = Float.NEGATIVE_INFINITY;
        for (int r = groups.start(group); r < groups.end(group); r++) {
            for (int c = blockIndex * block; c < Math.min(columns, (blockIndex + 1) * block); c++) {
                float value = rows[r * columns + c];
                smallest = Math.min(smallest, value);
                largest = Math.max(largest, value);
            }
        }
        zeros[at] = Bfloat16.below(smallest);
        scales[at] = Bfloat16.above((float) (((double) largest - Bfloat16.value(zeros[at])) / (packing.levels() - 1)));
    }

    /**
     * Levels that lie symmetrically around zero.
     *
     * @param scale distance between two levels
     */
    PackedRows symmetric(Scale scale) {
        int blocks = Ranges.blocks(columns, block);
        float[] scales = new float[Math.multiplyExact(groups.count(), blocks)];
        for (int g = 0; g < groups.count(); g++) {
            for (int b = 0; b < blocks; b++) {
                scales[g * blocks + b] = scale(g, b, scale);
            }
        }
        return pack(SymmetricRanges.of(groups, block, (packing.levels() - 1) / 2f, scales));
    }

    private float scale(int group, int blockIndex, Scale scale) {
        float largest = 0;
        double sum = 0;
        int first = blockIndex * block;
        int last = Math.min(columns, first + block);
        for (int r = groups.start(group); r < groups.end(group); r++) {
            for (int c = first; c < last; c++) {
                float magnitude = Math.abs(rows[r * columns + c]);
                largest = Math.max(largest, magnitude);
                sum += magnitude;
            }
        }
        return scale.of(largest, (float) (sum / ((groups.end(group) - groups.start(group)) * (last - first))));
    }

    private PackedRows pack(Ranges ranges) {
        byte[] codes = new byte[Math.multiplyExact(count, columns)];
        for (int g = 0; g < groups.count(); g++) {
            for (int c = 0; c < columns; c++) {
                float scale = ranges.scale(g, c / block);
                float zero = ranges.zero(g, c / block);
                for (int r = groups.start(g); r < groups.end(g) && scale > 0; r++) {
                    codes[r * columns + c] = code((rows[r * columns + c] - zero) / scale);
                }
            }
        }
        return new PackedRows(Codes.of(packing, codes, count, columns), ranges, null);
    }

    private byte code(float level) {
        return (byte) Math.max(0, Math.min(packing.levels() - 1, Math.round(level)));
    }
}
