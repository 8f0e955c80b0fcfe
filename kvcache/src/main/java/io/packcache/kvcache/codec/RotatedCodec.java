package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.Hadamard;
import io.packcache.kvcache.compute.rows.HadamardRows;
import java.util.Arrays;

/**
 * Mixes the channels of a row by a Hadamard transform before they become integers: RotateKV (Su et al., arXiv
 * 2501.16383).
 *
 * <p>The transform spreads an outlier channel over all channels, so that groups along a token lose little to it. The paper
 * rotates before the rotary embedding and reorders channels by a calibration; here it is done to cached keys, which the
 * page turns as a whole later on, and without calibration.
 *
 * <p>Error of a row: the transform keeps lengths, so in Euclidean length at most that of the integers of the transformed row:
 * {@code sqrt(columns) / 2} of its widest step.
 *
 * @param name name in settings
 * @param integers how the transformed rows are stored
 */
record RotatedCodec(String name, IntegerCodec integers) implements Codec {

    @Override
    public EncodedRows encode(float[] rows, int count, int columns) {
        Quantizer.requireFinite(rows, count, columns);
        float[] mixed = Arrays.copyOf(rows, count * columns);
        Hadamard.apply(mixed, 0, count, columns);
        return new HadamardRows(integers.encode(mixed, count, columns));
    }

    @Override
    public long bytes(int count, int columns) {
        return integers.bytes(count, columns);
    }
}
