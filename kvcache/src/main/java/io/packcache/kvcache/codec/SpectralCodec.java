package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.AffineRanges;
import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.FourierBasis;
import io.packcache.kvcache.compute.rows.Groups;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.SpectralRows;
import io.packcache.kvcache.compute.rows.SymmetricRanges;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Keys at 1.5 bits: VidKV (Tao et al., arXiv 2503.16257).
 *
 * <p>The half of the channels with the widest range becomes 2-bit integers. The other half goes through a real Fourier transform
 * over its channels, and of each coefficient one bit stays: its sign, times the mean magnitude. Both in groups of
 * {@value #GROUP} tokens of one channel. Cost: 1.5 bits of codes and 0.63 of scales, at most 2.2 bits a value for whole
 * words of rows. At most {@value SpectralRows#WIDEST} columns; a single column is stored as 2-bit integers.
 *
 * <p>Error of a wide channel: half a step, as {@link IntegerCodec}. The others together, per row and in Euclidean length:
 * the root of the sum of {@code (|y| - m)^2} over their coefficients y, with m within 1/16 of the group's mean magnitude.
 */
record SpectralCodec() implements Codec {

    /** Tokens that share a scale. */
    static final int GROUP = 32;

    @Override
    public String name() {
        return "vidkv";
    }

    @Override
    public EncodedRows encode(float[] rows, int count, int columns) {
        int back = columns / 2;
        int front = columns - back;
        Groups groups = Groups.runs(count, GROUP);
        if (back == 0) {
            return new Quantizer(Packing.BITS2, groups, 1, rows, count, columns).affine();
        }
        requireNarrow(columns);
        Quantizer.requireFinite(rows, count, columns);
        byte[] swaps = swaps(widestFirst(rows, count, columns));
        float[] wide = new float[count * front];
        float[] narrow = new float[count * back];
        float[] row = new float[columns];
        for (int r = 0; r < count; r++) {
            System.arraycopy(rows, r * columns, row, 0, columns);
            exchange(row, swaps);
            System.arraycopy(row, 0, wide, r * front, front);
            System.arraycopy(row, front, narrow, r * back, back);
        }
        float[] coefficients = FourierBasis.of(back).coefficients(narrow, count);
        return new SpectralRows(
                new Quantizer(Packing.BITS2, groups, 1, wide, count, front).affine(),
                // Two levels a step of 2 m apart are -m and m.
                new Quantizer(Packing.BITS1, groups, 1, coefficients, count, back)
                        .symmetric((largest, mean) -> 2 * mean),
                swaps);
    }

    private static void requireNarrow(int columns) {
        if (columns > SpectralRows.WIDEST) {
            throw new IllegalArgumentException(
                    "vidkv names channels by a byte: at most " + SpectralRows.WIDEST + " columns, not " + columns);
        }
    }

    private static int[] widestFirst(float[] rows, int count, int columns) {
        float[] ranges = new float[columns];
        for (int c = 0; c < columns; c++) {
            float smallest = rows[c];
            float largest = rows[c];
            for (int r = 1; r < count; r++) {
                smallest = Math.min(smallest, rows[r * columns + c]);
                largest = Math.max(largest, rows[r * columns + c]);
            }
            ranges[c] = largest - smallest;
        }
        return IntStream.range(0, columns)
                .boxed()
                .sorted(Comparator.comparing((Integer c) -> -ranges[c]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The exchanges that bring column {@code order[i]} to place i, for i upwards. */
    private static byte[] swaps(int[] order) {
        byte[] swaps = new byte[order.length];
        int[] at = IntStream.range(0, order.length).toArray();
        int[] holds = at.clone();
        for (int i = 0; i < order.length; i++) {
            int from = at[order[i]];
            swaps[i] = (byte) from;
            holds[from] = holds[i];
            at[holds[from]] = from;
        }
        return swaps;
    }

    private static void exchange(float[] row, byte[] swaps) {
        for (int i = 0; i < swaps.length; i++) {
            int other = swaps[i] & 0xFF;
            float value = row[i];
            row[i] = row[other];
            row[other] = value;
        }
    }

    @Override
    public long bytes(int count, int columns) {
        int back = columns / 2;
        long groups = ((long) count + GROUP - 1) / GROUP;
        long wide = Codes.bytes(Packing.BITS2, count, columns - back)
                + AffineRanges.bytes(groups, columns - back)
                + groups * Integer.BYTES;
        return back == 0
                ? wide
                : wide
                        + Codes.bytes(Packing.BITS1, count, back)
                        + SymmetricRanges.bytes(groups, back)
                        + groups * Integer.BYTES
                        + columns;
    }
}
