package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.Bfloat16Rows;
import io.packcache.kvcache.compute.rows.LowRankRows;
import io.packcache.kvcache.compute.rows.Outliers;
import io.packcache.kvcache.compute.rows.PackedRows;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Integers, a low-rank correction of their error, and outliers kept apart: GEAR (Kang et al., arXiv 2403.05527).
 *
 * <p>Along each channel of keys or token of values the {@value #OUTLIERS} smallest and largest values (at least one each) are
 * kept in bfloat16 and do not widen the range of the others. What the integers lose is approximated by a product of rank
 * {@value #RANK}, found by {@value #ITERATIONS} steps of subspace iteration. At most {@value #WIDEST} columns.
 *
 * <p>Error: of an outlier x at most {@code 2^-8 |x|}. Of all other values together, as the root of the sum of squares, at most
 * that of the integers alone, {@code sqrt(count x columns) / 2} of the widest step, times 1.03 for the rounding of the
 * product to bfloat16: the correction is a projection and can only take away.
 *
 * @param name name in settings
 * @param integers how the bulk is stored; its axis is that of the outliers
 */
record LowRankCodec(String name, IntegerCodec integers) implements Codec {

    /** Share of the values of a channel or token that stays apart at either end. */
    static final double OUTLIERS = 0.01;

    /** Rank of the correction. */
    static final int RANK = 4;

    /** A row may consist of outliers only, and its number of them is a byte. */
    static final int WIDEST = 255;

    private static final int ITERATIONS = 2;

    @Override
    public EncodedRows encode(float[] rows, int count, int columns) {
        if (columns > WIDEST) {
            throw new IllegalArgumentException(
                    name + " counts outliers of a row in a byte: at most " + WIDEST + " columns, not " + columns);
        }
        Quantizer.requireFinite(rows, count, columns);
        boolean[] apart = new boolean[count * columns];
        float[] bulk = Arrays.copyOf(rows, count * columns);
        boolean channels = integers.axis() == IntegerCodec.Axis.CHANNEL;
        for (int line = 0; line < (channels ? columns : count); line++) {
            int[] places = channels
                    ? IntStream.iterate(line, i -> i + columns).limit(count).toArray()
                    : IntStream.range(line * columns, (line + 1) * columns).toArray();
            setApart(places, rows, bulk, apart);
        }
        PackedRows packed = integers.encode(bulk, count, columns);
        float[] error = new float[bulk.length];
        packed.decode(0, count, error, 0);
        for (int i = 0; i < error.length; i++) {
            error[i] = apart[i] ? 0 : rows[i] - error[i];
        }
        Projection projection = Projection.of(error, count, columns, RANK, ITERATIONS);
        return new LowRankRows(
                packed, projection.coefficients(), projection.basis(), Outliers.of(rows, apart, count, columns));
    }

    /** Flags the ends of one channel or token and pulls them in, so that they leave the range of the rest as it is. */
    private static void setApart(int[] places, float[] rows, float[] bulk, boolean[] apart) {
        int each = each(places.length);
        int[] sorted = Arrays.stream(places)
                .boxed()
                .sorted((a, b) -> Float.compare(rows[a], rows[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i = 0; i < each; i++) {
            int high = sorted.length - 1 - i;
            apart[sorted[i]] = true;
            apart[sorted[high]] = true;
            bulk[sorted[i]] = rows[sorted[Math.min(each, sorted.length - 1)]];
            bulk[sorted[high]] = rows[sorted[Math.max(0, sorted.length - 1 - each)]];
        }
    }

    /** Outliers at either end of a line; a line of up to two values is nothing but outliers. */
    private static int each(int length) {
        return Math.min((length + 1) / 2, Math.max(1, (int) Math.round(length * OUTLIERS)));
    }

    @Override
    public long bytes(int count, int columns) {
        boolean channels = integers.axis() == IntegerCodec.Axis.CHANNEL;
        int length = channels ? count : columns;
        long outliers = (long) Math.min(length, 2 * each(length)) * (channels ? columns : count);
        int rank = Math.min(RANK, Math.min(count, columns));
        return integers.bytes(count, columns)
                + Bfloat16Rows.bytes(count, rank)
                + Bfloat16Rows.bytes(rank, columns)
                + Outliers.bytes(count, outliers);
    }
}
