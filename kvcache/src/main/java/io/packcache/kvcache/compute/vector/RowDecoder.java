package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.Bfloat16Rows;
import io.packcache.kvcache.compute.rows.Centroids;
import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.FloatRows;
import io.packcache.kvcache.compute.rows.HadamardRows;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.Ranges;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Decodes blocks of a page into one small array, again and again.
 *
 * <p>Packed codes and bfloat16 are decoded a vector of columns at a time; other formats by their own plain {@link
 * EncodedRows#decode}; float32 is not copied. Mixed rows ({@link HadamardRows}) stay mixed.
 */
final class RowDecoder {

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, Lanes.SPECIES.vectorShape());

    private static final int UPPER_HALF = 0xFFFF_0000;
    private static final int BYTE = 0xFF;

    private final int mostRows;
    private float[] block = new float[0];

    /** For each column of the present row what a step is worth, and what is added to it. */
    private float[] scales = new float[0];

    private float[] zeros = new float[0];

    private EncodedRows rows;
    private boolean mixed;
    private float[] data;
    private int at;

    RowDecoder(int mostRows) {
        this.mostRows = mostRows;
    }

    /** Begins with other rows. */
    void open(EncodedRows encoded) {
        mixed = encoded instanceof HadamardRows;
        rows = mixed ? ((HadamardRows) encoded).mixed() : encoded;
        int columns = encoded.columns();
        if (scales.length != columns) {
            scales = new float[columns];
            zeros = new float[columns];
            block = new float[mostRows * columns];
        }
    }

    /** Whether what is decoded is the Hadamard transform of the rows. */
    boolean isMixed() {
        return mixed;
    }

    /** Where the decoded rows lie: from {@link #at} on, valid until the next call. */
    float[] data() {
        return data;
    }

    int at() {
        return at;
    }

    void decode(int first, int count) {
        data = block;
        at = 0;
        if (rows instanceof FloatRows floats) {
            data = floats.data();
            at = first * rows.columns();
        } else if (rows instanceof PackedRows packed) {
            decodePacked(packed, first, count);
        } else if (rows instanceof Bfloat16Rows halves) {
            decodeHalves(halves, first, count);
        } else {
            rows.decode(first, count, block, 0);
        }
    }

    private void decodeHalves(Bfloat16Rows halves, int first, int count) {
        int columns = halves.columns();
        for (int r = 0; r < count; r++) {
            int row = first + r;
            copyHalves(halves.words(), row / 2 * columns, halfShift(row), block, r * columns, columns);
        }
    }

    /** By how much a word of two halves is shifted left to bring the half of this row to its upper end. */
    private static int halfShift(int row) {
        return row % 2 == 0 ? Short.SIZE : 0;
    }

    private void decodePacked(PackedRows packed, int first, int count) {
        Codes codes = packed.codes();
        Packing packing = codes.packing();
        Ranges ranges = packed.ranges();
        int columns = codes.columns();
        int group = ranges.groups().of(first);
        setRanges(ranges, group, columns);
        for (int r = 0; r < count; r++) {
            int row = first + r;
            if (row >= ranges.groups().end(group)) {
                group++;
                setRanges(ranges, group, columns);
            }
            if (packed.centroids() != null) {
                setCentroid(packed.centroids(), row, ranges, group);
            }
            int word = row / packing.rowsPerWord() * columns;
            if (packing == Packing.TRITS) {
                decodeTrits(codes.words(), word, packing.shift(row), Packing.tritFactor(row), r * columns, columns);
            } else {
                decodeBits(codes.words(), word, packing.shift(row), packing.levels() - 1, r * columns, columns);
            }
        }
    }

    private void setRanges(Ranges ranges, int group, int columns) {
        int width = ranges.block();
        for (int b = 0, from = 0; from < columns; b++) {
            int to = Math.min(columns, from + Math.min(width, columns));
            float scale = ranges.scale(group, b);
            float zero = ranges.zero(group, b);
            for (int c = from; c < to; c++) {
                scales[c] = scale;
                zeros[c] = zero;
            }
            from = to;
        }
    }

    /** The row's centroid instead of nothing under the zeros of its ranges. */
    private void setCentroid(Centroids centroids, int row, Ranges ranges, int group) {
        int id = centroids.id(row);
        int columns = zeros.length;
        copyHalves(centroids.table().words(), id / 2 * columns, halfShift(id), zeros, 0, columns);
        int width = Math.min(ranges.block(), columns);
        for (int c = 0; c < columns; c++) {
            zeros[c] += ranges.zero(group, c / width);
        }
    }

    private static void copyHalves(int[] words, int from, int shift, float[] target, int to, int columns) {
        int c = 0;
        for (; c <= columns - LANES; c += LANES) {
            IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHL, shift)
                    .and(UPPER_HALF)
                    .reinterpretAsFloats()
                    .intoArray(target, to + c);
        }
        for (; c < columns; c++) {
            target[to + c] = Float.intBitsToFloat(words[from + c] << shift & UPPER_HALF);
        }
    }

    private void decodeBits(int[] words, int from, int shift, int mask, int to, int columns) {
        int c = 0;
        for (; c <= columns - LANES; c += LANES) {
            FloatVector code = (FloatVector) IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .convert(VectorOperators.I2F, 0);
            code.fma(load(scales, c), load(zeros, c)).intoArray(block, to + c);
        }
        for (; c < columns; c++) {
            block[to + c] = (words[from + c] >>> shift & mask) * scales[c] + zeros[c];
        }
    }

    private void decodeTrits(int[] words, int from, int shift, int factor, int to, int columns) {
        int c = 0;
        for (; c <= columns - LANES; c += LANES) {
            FloatVector code = (FloatVector) IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(BYTE)
                    .mul(factor)
                    .and(BYTE)
                    .mul(3)
                    .lanewise(VectorOperators.LSHR, Byte.SIZE)
                    .convert(VectorOperators.I2F, 0);
            code.fma(load(scales, c), load(zeros, c)).intoArray(block, to + c);
        }
        for (; c < columns; c++) {
            int fraction = (words[from + c] >>> shift & BYTE) * factor & BYTE;
            block[to + c] = (fraction * 3 >>> Byte.SIZE) * scales[c] + zeros[c];
        }
    }
}
