package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.Bfloat16Rows;
import io.packcache.kvcache.compute.rows.FloatRows;
import io.packcache.kvcache.compute.rows.HadamardRows;
import io.packcache.kvcache.compute.rows.LowRankRows;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.PairedRows;
import io.packcache.kvcache.compute.rows.SpectralRows;
import java.util.Arrays;

/**
 * Decodes blocks of a page into one small array, again and again.
 *
 * <p>Our formats are decoded by vectors, any other by its own plain {@link EncodedRows#decode}; float32 is not copied.
 * Mixed rows ({@link HadamardRows}) stay mixed.
 */
final class RowDecoder {

    private final int mostRows;
    private final PackedDecoder packed = new PackedDecoder();
    private final PackedDecoder spectral = new PackedDecoder();

    private float[] block = new float[0];

    /** The parts of a format that is put together from several: coefficients, or thin matrices. */
    private float[] left = new float[0];

    private float[] right = new float[0];

    private RowDecoder directions; // of rows that layers share; null while none were met

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
        block = atLeast(block, mostRows * encoded.columns());
        if (rows instanceof LowRankRows sum) {
            right = atLeast(right, sum.right().rows() * sum.columns());
            left = atLeast(left, mostRows * sum.right().rows());
            PackedDecoder.decode(sum.right(), 0, sum.right().rows(), right);
        } else if (rows instanceof SpectralRows parts) {
            left = atLeast(left, mostRows * parts.plain().columns());
            right = atLeast(right, mostRows * parts.spectral().columns());
        } else if (rows instanceof PairedRows paired && paired.shared().directions() != null) {
            directions = directions == null ? new RowDecoder(mostRows) : directions;
            directions.open(paired.shared().directions());
        }
    }

    private static float[] atLeast(float[] array, int length) {
        return array.length < length ? new float[length] : array;
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

    /** Decodes {@code count} rows from {@code first} on; at most as many as were announced. */
    void decode(int first, int count) {
        data = block;
        at = 0;
        if (rows instanceof FloatRows floats) {
            data = floats.data();
            at = first * rows.columns();
        } else if (rows instanceof PackedRows codes) {
            packed.decode(codes, first, count, block);
        } else if (rows instanceof Bfloat16Rows halves) {
            PackedDecoder.decode(halves, first, count, block);
        } else if (rows instanceof LowRankRows sum) {
            decodeLowRank(sum, first, count);
        } else if (rows instanceof SpectralRows parts) {
            decodeSpectral(parts, first, count);
        } else if (rows instanceof PairedRows paired && paired.shared().directions() != null && !directions.isMixed()) {
            decodePaired(paired, first, count);
        } else {
            rows.decode(first, count, block, 0);
        }
    }

    /** Directions by vectors in stretches; rows apart are copied. */
    private void decodePaired(PairedRows paired, int first, int count) {
        int columns = paired.columns();
        for (int r = 0; r < count; ) {
            int sharing = Math.min(count - r, paired.sharingFrom(first + r));
            if (sharing > 0) {
                int direction = paired.directionOf(first + r);
                directions.decode(direction, sharing);
                paired.scale(direction, sharing, directions.data(), directions.at(), block, r * columns);
            } else {
                paired.decode(first + r, 1, block, r * columns);
            }
            r += Math.max(1, sharing);
        }
    }

    private void decodeLowRank(LowRankRows sum, int first, int count) {
        int columns = sum.columns();
        int rank = sum.right().rows();
        packed.decode(sum.packed(), first, count, block);
        PackedDecoder.decode(sum.left(), first, count, left);
        ThinProduct.add(left, count, rank, right, columns, block, 0, columns);
        sum.outliers().put(first, count, block, 0, columns);
    }

    private void decodeSpectral(SpectralRows parts, int first, int count) {
        int columns = parts.columns();
        int front = parts.plain().columns();
        int back = columns - front;
        packed.decode(parts.plain(), first, count, left);
        spectral.decode(parts.spectral(), first, count, right);
        for (int r = 0; r < count; r++) {
            System.arraycopy(left, r * front, block, r * columns, front);
            Arrays.fill(block, r * columns + front, (r + 1) * columns, 0);
        }
        ThinProduct.add(right, count, back, parts.basis().matrix(), back, block, front, columns);
        for (int r = 0; r < count; r++) {
            parts.bringHome(block, r * columns);
        }
    }
}
