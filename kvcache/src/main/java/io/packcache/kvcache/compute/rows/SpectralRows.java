package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Some channels as they are, the others as coefficients of their {@link FourierBasis}, each part packed.
 *
 * <p>Which channel is which is stored as exchanges: exchanging column i with {@code swaps[i]}, for i upwards, brings the plain
 * channels to the front; backwards it brings them home.
 */
public final class SpectralRows implements EncodedRows {

    static final byte TAG = 4;

    /** Columns a byte can name. */
    public static final int WIDEST = 256;

    private final PackedRows plain;
    private final PackedRows spectral;
    private final byte[] swaps;
    private final FourierBasis basis;

    /**
     * Takes the parts over.
     *
     * @param plain the channels in front after all exchanges
     * @param spectral coefficients of the channels behind them
     * @param swaps one unsigned byte per column of both
     */
    public SpectralRows(PackedRows plain, PackedRows spectral, byte[] swaps) {
        this.plain = plain;
        this.spectral = spectral;
        this.swaps = swaps;
        this.basis = FourierBasis.of(spectral.columns());
    }

    /** The channels that are stored as they are. */
    public PackedRows plain() {
        return plain;
    }

    /** Coefficients of the others. */
    public PackedRows spectral() {
        return spectral;
    }

    /** What the coefficients multiply. */
    public FourierBasis basis() {
        return basis;
    }

    @Override
    public int rows() {
        return plain.rows();
    }

    @Override
    public int columns() {
        return swaps.length;
    }

    @Override
    public long bytes() {
        return plain.bytes() + spectral.bytes() + swaps.length;
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        for (int r = 0; r < count; r++) {
            decodeRow(firstRow + r, target, offset + r * swaps.length);
        }
    }

    private void decodeRow(int row, float[] target, int at) {
        int front = plain.columns();
        plain.decode(row, 1, target, at);
        Arrays.fill(target, at + front, at + swaps.length, 0);
        for (int k = 0; k < spectral.columns(); k++) {
            basis.add(spectral.get(row, k), k, target, at + front);
        }
        bringHome(target, at);
    }

    /** Puts the channels of one row, the plain ones in front, to their places. */
    public void bringHome(float[] target, int at) {
        for (int c = swaps.length - 1; c >= 0; c--) {
            int other = swaps[c] & 0xFF;
            float value = target[at + c];
            target[at + c] = target[at + other];
            target[at + other] = value;
        }
    }

    @Override
    public EncodedRows select(int[] kept) {
        return new SpectralRows(plain.select(kept), spectral.select(kept), swaps);
    }

    @Override
    public int storedBytes() {
        return StoredRows.withHead((long) swaps.length + Integer.BYTES + plain.storedBytes() + spectral.storedBytes());
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, TAG, this);
        out.put(swaps);
        out.putInt(plain.columns());
        plain.store(out);
        spectral.store(out);
    }

    static SpectralRows load(ByteBuffer in, int rows, int columns) {
        byte[] swaps = StoredRows.getBytes(in, columns);
        for (byte swap : swaps) {
            if ((swap & 0xFF) >= columns) {
                throw StoredRows.broken(in, "an exchange with column " + (swap & 0xFF) + " of " + columns);
            }
        }
        int front = StoredRows.getInt(in);
        if (columns > WIDEST || front < 1 || front >= columns) {
            throw StoredRows.broken(in, front + " plain channels of " + columns);
        }
        PackedRows plain = StoredRows.load(in, PackedRows.class, PackedRows.TAG, rows, front);
        return new SpectralRows(
                plain, StoredRows.load(in, PackedRows.class, PackedRows.TAG, rows, columns - front), swaps);
    }
}
