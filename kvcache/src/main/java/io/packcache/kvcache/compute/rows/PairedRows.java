package io.packcache.kvcache.compute.rows;

import io.packcache.kvcache.compute.EncodedRows;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * Rows of one of two layers that share directions: a row is a length of its own times a unit vector that both layers have,
 * {@code value = norm * direction}. Rows that differ too much between the layers stand apart, in each layer as they are.
 *
 * <p>The layer that leads owns what is shared, so that bytes count once. Whoever thins both layers selects from the leading
 * rows first and lets the others {@linkplain #selectBehind follow}; {@link #select} alone makes rows that share with nobody.
 */
public final class PairedRows implements EncodedRows {

    static final byte TAG_LEADING = 6;
    static final byte TAG_FOLLOWING = 7;

    private final boolean leads;
    private final Shared shared;
    private final float[] norms; // of the rows that share
    private final FloatRows own; // the rows apart; null if there are none

    /**
     * What both layers have.
     *
     * @param rows rows of each layer
     * @param apart rows without a shared direction, ascending
     * @param directions unit vectors of all other rows in order; null if there are none
     */
    public record Shared(int rows, int[] apart, EncodedRows directions) {

        public Shared {
            int sharing = directions == null ? 0 : directions.rows();
            if (sharing + apart.length != rows) {
                throw new IllegalArgumentException(sharing + " directions and " + apart.length
                        + " rows apart do not make the " + rows + " rows of a layer");
            }
        }

        long bytes() {
            return (long) apart.length * Integer.BYTES + (directions == null ? 0 : directions.bytes());
        }

        /** Which row apart it is, or -1 - the number of its direction. */
        int at(int row) {
            int found = Arrays.binarySearch(apart, row);
            return found >= 0 ? found : -1 - (row + found + 1);
        }
    }

    /**
     * Takes all over.
     *
     * @param leads whether these are the rows that own {@code shared}
     * @param norms length of each row that has a direction
     * @param own the rows apart, in order; null if there are none
     */
    public PairedRows(boolean leads, Shared shared, float[] norms, FloatRows own) {
        this.leads = leads;
        this.shared = shared;
        this.norms = norms;
        this.own = own;
    }

    /** Whether these rows own what is shared. */
    public boolean leads() {
        return leads;
    }

    /** What both layers have. */
    public Shared shared() {
        return shared;
    }

    @Override
    public int rows() {
        return shared.rows();
    }

    @Override
    public int columns() {
        return own == null ? shared.directions().columns() : own.columns();
    }

    @Override
    public long bytes() {
        return (leads ? shared.bytes() : 0) + (long) norms.length * Float.BYTES + (own == null ? 0 : own.bytes());
    }

    /** How many rows from this one on have directions one behind the other; 0 if it stands apart. */
    public int sharingFrom(int row) {
        int found = Arrays.binarySearch(shared.apart(), row);
        int next = found >= 0 ? found : -1 - found;
        return (next == shared.apart().length ? rows() : shared.apart()[next]) - row;
    }

    /** Number of the direction of a row that has one. */
    public int directionOf(int row) {
        return -1 - shared.at(row);
    }

    /** Makes rows of {@code count} directions from this one on, which lie decoded in {@code source}; it may be the target. */
    public void scale(int direction, int count, float[] source, int from, float[] target, int to) {
        int columns = columns();
        for (int i = 0; i < count; i++) {
            float norm = norms[direction + i];
            for (int c = i * columns; c < (i + 1) * columns; c++) {
                target[to + c] = source[from + c] * norm;
            }
        }
    }

    @Override
    public void decode(int firstRow, int count, float[] target, int offset) {
        Objects.checkFromIndexSize(firstRow, count, rows());
        int columns = columns();
        for (int r = 0; r < count; ) {
            int at = offset + r * columns;
            int sharing = Math.min(count - r, sharingFrom(firstRow + r));
            if (sharing > 0) {
                int direction = directionOf(firstRow + r);
                shared.directions().decode(direction, sharing, target, at);
                scale(direction, sharing, target, at, target, at);
            } else {
                own.decode(shared.at(firstRow + r), 1, target, at);
            }
            r += Math.max(1, sharing);
        }
    }

    @Override
    public PairedRows select(int[] kept) {
        return selected(true, selectShared(kept), kept);
    }

    /** As {@link #select} for the rows of the other layer, which share with {@code leading} what it selected. */
    public PairedRows selectBehind(PairedRows leading, int[] kept) {
        return selected(false, leading.shared, kept);
    }

    private Shared selectShared(int[] kept) {
        int[] apart = new int[kept.length];
        int[] directions = new int[kept.length];
        int alone = 0;
        for (int i = 0; i < kept.length; i++) {
            int at = shared.at(kept[i]);
            if (at >= 0) {
                apart[alone++] = i;
            } else {
                directions[i - alone] = -1 - at;
            }
        }
        int sharing = kept.length - alone;
        return new Shared(
                kept.length,
                Arrays.copyOf(apart, alone),
                sharing == 0 ? null : shared.directions().select(Arrays.copyOf(directions, sharing)));
    }

    private PairedRows selected(boolean leading, Shared left, int[] kept) {
        float[] lengths = new float[kept.length - left.apart().length];
        int[] alone = new int[left.apart().length];
        int apart = 0;
        for (int i = 0; i < kept.length; i++) {
            int at = shared.at(kept[i]);
            if (at >= 0) {
                alone[apart++] = at;
            } else {
                lengths[i - apart] = norms[-1 - at];
            }
        }
        FloatRows rest = apart == 0 ? null : (FloatRows) own.select(alone);
        return new PairedRows(leading, left, lengths, rest);
    }

    @Override
    public int storedBytes() {
        long common = 0;
        if (leads) {
            EncodedRows directions = shared.directions();
            common = Integer.BYTES
                    + (long) shared.apart().length * Integer.BYTES
                    + (directions == null ? 0 : directions.storedBytes());
        }
        return StoredRows.withHead(common + (long) norms.length * Float.BYTES + (own == null ? 0 : own.storedBytes()));
    }

    @Override
    public void store(ByteBuffer out) {
        StoredRows.putHead(out, leads ? TAG_LEADING : TAG_FOLLOWING, this);
        if (leads) {
            out.putInt(shared.apart().length);
            StoredRows.putInts(out, shared.apart());
            if (shared.directions() != null) {
                shared.directions().store(out);
            }
        }
        for (float norm : norms) {
            out.putFloat(norm);
        }
        if (own != null) {
            own.store(out);
        }
    }

    static PairedRows loadLeading(ByteBuffer in, int rows, int columns) {
        int[] apart = StoredRows.getInts(in, StoredRows.getInt(in));
        int next = 0;
        for (int row : apart) {
            if (row < next || row >= rows) {
                throw StoredRows.broken(in, "row " + row + " apart out of order");
            }
            next = row + 1;
        }
        EncodedRows directions = null;
        if (apart.length < rows) {
            // Looked at before anything is read, so that a file cannot nest pairs without end.
            if (in.remaining() < 1 || in.get(in.position()) >= TAG_LEADING) {
                throw StoredRows.broken(in, "no directions where they belong");
            }
            directions = StoredRows.load(in);
            if (directions.rows() != rows - apart.length || directions.columns() != columns) {
                throw StoredRows.broken(in, directions.rows() + " directions of " + directions.columns() + " columns");
            }
        }
        return load(in, true, new Shared(rows, apart, directions), columns);
    }

    /** @param leading the rows that own what is shared */
    static PairedRows loadFollowing(ByteBuffer in, int rows, int columns, EncodedRows leading) {
        if (!(leading instanceof PairedRows paired)
                || !paired.leads
                || paired.rows() != rows
                || paired.columns() != columns) {
            throw StoredRows.broken(in, "rows that share directions with no others");
        }
        return load(in, false, paired.shared, columns);
    }

    private static PairedRows load(ByteBuffer in, boolean leads, Shared shared, int columns) {
        float[] norms = new float[shared.rows() - shared.apart().length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = StoredRows.getFloat(in);
        }
        FloatRows own = shared.apart().length == 0
                ? null
                : StoredRows.load(in, FloatRows.class, FloatRows.TAG, shared.apart().length, columns);
        return new PairedRows(leads, shared, norms, own);
    }
}
