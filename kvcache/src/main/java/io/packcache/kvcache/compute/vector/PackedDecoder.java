package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.rows.Bfloat16Rows;
import io.packcache.kvcache.compute.rows.Centroids;
import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.Ranges;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Decodes packed codes and halves, a vector of neighbouring columns at a time; all of them shift by the same.
 *
 * <p>Vectors are written out side by side on purpose, as in {@link Powers}: it hides latency, and it makes the loops too long
 * (325 bytes of code) to be inlined where many formats meet. That would exhaust the compiler's budget, and vectors would
 * become objects; as they would if a loop held more of them than now.
 */
final class PackedDecoder {

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, Lanes.SPECIES.vectorShape());

    private static final int UPPER_HALF = 0xFFFF_0000;
    private static final int BYTE = 0xFF;

    /** For each column of the present row what a step is worth, and what is added to it; as long as the widest row seen. */
    private float[] scales = new float[0];

    private float[] zeros = new float[0];

    /** Decodes {@code count} rows from {@code first} on to the beginning of {@code target}. */
    void decode(PackedRows packed, int first, int count, float[] target) {
        Codes codes = packed.codes();
        Ranges ranges = packed.ranges();
        int columns = codes.columns();
        if (scales.length < columns) {
            scales = new float[columns];
            zeros = new float[columns];
        }
        int end = first + count;
        int group = ranges.groups().of(first);
        for (int row = first; row < end; group++) {
            int next = Math.min(end, ranges.groups().end(group));
            setRanges(ranges, group, columns);
            if (packed.centroids() != null) {
                addCentroid(packed.centroids(), row, ranges, group, columns);
            }
            for (; row < next; row++) {
                decodeRow(codes, row, target, (row - first) * columns);
            }
        }
    }

    private void setRanges(Ranges ranges, int group, int columns) {
        int width = Math.min(columns, ranges.block());
        for (int from = 0; from < columns; from += width) {
            int to = Math.min(columns, from + width);
            Arrays.fill(scales, from, to, ranges.scale(group, from / width));
            Arrays.fill(zeros, from, to, ranges.zero(group, from / width));
        }
    }

    /** Puts the row's centroid under the zeros of its ranges; rows with centroids have ranges of their own. */
    private void addCentroid(Centroids centroids, int row, Ranges ranges, int group, int columns) {
        int width = Math.min(columns, ranges.block());
        for (int from = 0; from < columns; from += width) {
            int to = Math.min(columns, from + width);
            float zero = ranges.zero(group, from / width);
            widen(centroids.table().words(), columns, centroids.id(row), from, to, zero, zeros, 0);
        }
    }

    private void decodeRow(Codes codes, int row, float[] target, int to) {
        Packing packing = codes.packing();
        int word = row / packing.rowsPerWord() * codes.columns();
        if (packing == Packing.TRITS) {
            int factor = Packing.tritFactor(row);
            decodeTrits(codes.words(), word, packing.shift(row), factor, target, to, codes.columns());
        } else {
            decodeBits(codes.words(), word, packing.shift(row), packing.levels() - 1, target, to, codes.columns());
        }
    }

    /** Widens {@code count} rows of bfloat16 from {@code first} on to the beginning of {@code target}. */
    static void decode(Bfloat16Rows halves, int first, int count, float[] target) {
        int columns = halves.columns();
        for (int r = 0; r < count; r++) {
            widen(halves.words(), columns, first + r, 0, columns, 0, target, r * columns);
        }
    }

    /** {@code target = zero + half} for the columns {@code from} to {@code end} of one row of halves. */
    private static void widen(
            int[] words, int columns, int row, int from, int end, float zero, float[] target, int to) {
        int word = row / 2 * columns;
        int shift = row % 2 == 0 ? Short.SIZE : 0;
        int c = from;
        for (; c <= end - 4 * LANES; c += 4 * LANES) {
            FloatVector v0 = half(words, word + c, shift);
            FloatVector v1 = half(words, word + c + LANES, shift);
            FloatVector v2 = half(words, word + c + 2 * LANES, shift);
            FloatVector v3 = half(words, word + c + 3 * LANES, shift);
            v0.add(all(zero)).intoArray(target, to + c);
            v1.add(all(zero)).intoArray(target, to + c + LANES);
            v2.add(all(zero)).intoArray(target, to + c + 2 * LANES);
            v3.add(all(zero)).intoArray(target, to + c + 3 * LANES);
        }
        for (; c <= end - 2 * LANES; c += 2 * LANES) {
            FloatVector v0 = half(words, word + c, shift);
            FloatVector v1 = half(words, word + c + LANES, shift);
            v0.add(all(zero)).intoArray(target, to + c);
            v1.add(all(zero)).intoArray(target, to + c + LANES);
        }
        for (; c <= end - LANES; c += LANES) {
            half(words, word + c, shift).add(all(zero)).intoArray(target, to + c);
        }
        for (; c < end; c++) {
            target[to + c] = Float.intBitsToFloat(words[word + c] << shift & UPPER_HALF) + zero;
        }
    }

    /** The halves that the shift brings to the upper end of their words. */
    private static FloatVector half(int[] words, int at, int shift) {
        return IntVector.fromArray(INTS, words, at)
                .lanewise(VectorOperators.LSHL, shift)
                .and(UPPER_HALF)
                .reinterpretAsFloats();
    }

    private void decodeBits(int[] words, int from, int shift, int mask, float[] target, int to, int columns) {
        int c = 0;
        for (; c <= columns - 2 * LANES; c += 2 * LANES) {
            FloatVector v0 = (FloatVector) IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .convert(VectorOperators.I2F, 0);
            FloatVector v1 = (FloatVector) IntVector.fromArray(INTS, words, from + c + LANES)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .convert(VectorOperators.I2F, 0);
            v0.fma(load(scales, c), load(zeros, c)).intoArray(target, to + c);
            v1.fma(load(scales, c + LANES), load(zeros, c + LANES)).intoArray(target, to + c + LANES);
        }
        for (; c <= columns - LANES; c += LANES) {
            FloatVector v0 = (FloatVector) IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(mask)
                    .convert(VectorOperators.I2F, 0);
            v0.fma(load(scales, c), load(zeros, c)).intoArray(target, to + c);
        }
        for (; c < columns; c++) {
            int code = words[from + c] >>> shift & mask;
            target[to + c] = code * scales[c] + zeros[c];
        }
    }

    private void decodeTrits(int[] words, int from, int shift, int factor, float[] target, int to, int columns) {
        int c = 0;
        for (; c <= columns - 2 * LANES; c += 2 * LANES) {
            FloatVector v0 = (FloatVector) IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(BYTE)
                    .mul(factor)
                    .and(BYTE)
                    .mul(3)
                    .lanewise(VectorOperators.LSHR, Byte.SIZE)
                    .convert(VectorOperators.I2F, 0);
            FloatVector v1 = (FloatVector) IntVector.fromArray(INTS, words, from + c + LANES)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(BYTE)
                    .mul(factor)
                    .and(BYTE)
                    .mul(3)
                    .lanewise(VectorOperators.LSHR, Byte.SIZE)
                    .convert(VectorOperators.I2F, 0);
            v0.fma(load(scales, c), load(zeros, c)).intoArray(target, to + c);
            v1.fma(load(scales, c + LANES), load(zeros, c + LANES)).intoArray(target, to + c + LANES);
        }
        for (; c <= columns - LANES; c += LANES) {
            FloatVector v0 = (FloatVector) IntVector.fromArray(INTS, words, from + c)
                    .lanewise(VectorOperators.LSHR, shift)
                    .and(BYTE)
                    .mul(factor)
                    .and(BYTE)
                    .mul(3)
                    .lanewise(VectorOperators.LSHR, Byte.SIZE)
                    .convert(VectorOperators.I2F, 0);
            v0.fma(load(scales, c), load(zeros, c)).intoArray(target, to + c);
        }
        for (; c < columns; c++) {
            int fraction = (words[from + c] >>> shift & BYTE) * factor & BYTE;
            target[to + c] = (fraction * 3 >>> Byte.SIZE) * scales[c] + zeros[c];
        }
    }
}
