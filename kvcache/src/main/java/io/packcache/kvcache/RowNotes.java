package io.packcache.kvcache;

import io.packcache.kvcache.compute.RowGather;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is noted of the rows of one cell or page, or of the tokens of a table, beside what they are; each kind takes memory
 * only once it is used.
 */
final class RowNotes {

    private static final int MULTIPLICITY = 0;
    private static final int BIAS = 1;
    private static final int MASS = 2;
    private static final int PROJECTED = 3;
    private static final int HIDDEN = 4;
    private static final int KINDS = 5;

    /** What the kinds that are stored are called, the bias follows from the multiplicity. */
    static final List<String> KIND_NAMES = List.of("multiplicity", "mass", "projected", "hidden");

    private static final int[] STORED = {MULTIPLICITY, MASS, PROJECTED, HIDDEN};

    private final float[][] notes = new float[KINDS][]; // by kind, then by row
    private int capacity;

    /** Notes for this many rows. */
    RowNotes(int capacity) {
        this.capacity = capacity;
    }

    /** What is added to the logit of each row, or null for zeros. */
    float[] bias() {
        return notes[BIAS];
    }

    /** How many tokens each row stands for, or null if each stands for itself. */
    float[] multiplicities() {
        return notes[MULTIPLICITY];
    }

    /** Attention each row has drawn, or null if it is not collected. */
    float[] mass() {
        return notes[MASS];
    }

    /** Length of each value behind the output projection, or null if it is not collected. */
    float[] projected() {
        return notes[PROJECTED];
    }

    /** Length of each last hidden state, or null if it is not collected. */
    float[] hidden() {
        return notes[HIDDEN];
    }

    void setMultiplicity(int row, float multiplicity) {
        use(MULTIPLICITY)[row] = multiplicity;
        use(BIAS)[row] = (float) Math.log(multiplicity);
    }

    void addMass(int row, float mass) {
        use(MASS)[row] += mass;
    }

    void setProjected(int row, float norm) {
        use(PROJECTED)[row] = norm;
    }

    void setHidden(int row, float norm) {
        use(HIDDEN)[row] = norm;
    }

    /** Notes of a new kind start as if it had always been there. */
    private float[] use(int kind) {
        if (notes[kind] == null) {
            notes[kind] = new float[capacity];
            Arrays.fill(notes[kind], initial(kind));
        }
        return notes[kind];
    }

    private static float initial(int kind) {
        return kind == MULTIPLICITY ? 1 : 0;
    }

    /** Makes room for this many rows. */
    void resize(int rows) {
        capacity = rows;
        for (int kind = 0; kind < KINDS; kind++) {
            if (notes[kind] != null) {
                notes[kind] = Arrays.copyOf(notes[kind], rows);
            }
        }
    }

    /** Nothing is noted of these rows any more. */
    void forget(int row, int count) {
        for (int kind = 0; kind < KINDS; kind++) {
            if (notes[kind] != null) {
                Arrays.fill(notes[kind], row, row + count, initial(kind));
            }
        }
    }

    void move(int from, int to, int count) {
        for (float[] kind : notes) {
            if (kind != null) {
                System.arraycopy(kind, from, kind, to, count);
            }
        }
    }

    /** Takes along what is noted of the rows that stay. */
    void move(RowGather rows) {
        for (float[] kind : notes) {
            for (int stretch = 0; kind != null && stretch < rows.stretches(); stretch++) {
                System.arraycopy(kind, rows.from(stretch), kind, rows.to(stretch), rows.length(stretch));
            }
        }
    }

    /** Copies what is noted of a row of {@code source}. */
    void copy(RowNotes source, int from, int to) {
        for (int kind = 0; kind < KINDS; kind++) {
            if (source.notes[kind] != null) {
                use(kind)[to] = source.notes[kind][from];
            } else if (notes[kind] != null) {
                notes[kind][to] = initial(kind);
            }
        }
    }

    /** A copy of the first {@code rows} rows. */
    RowNotes copy(int rows) {
        return copy(0, rows);
    }

    /** A copy of {@code rows} rows from {@code first} on. */
    RowNotes copy(int first, int rows) {
        RowNotes copy = new RowNotes(rows);
        for (int kind = 0; kind < KINDS; kind++) {
            copy.notes[kind] = notes[kind] == null ? null : Arrays.copyOfRange(notes[kind], first, first + rows);
        }
        return copy;
    }

    /** The kinds in use by the names of {@link #KIND_NAMES}. */
    Map<String, float[]> named() {
        Map<String, float[]> named = new LinkedHashMap<>();
        for (int i = 0; i < STORED.length; i++) {
            if (notes[STORED[i]] != null) {
                named.put(KIND_NAMES.get(i), notes[STORED[i]]);
            }
        }
        return named;
    }

    /**
     * Notes from the kinds that are in use.
     *
     * @throws IllegalArgumentException if a multiplicity is no number above 0
     */
    static RowNotes of(int rows, Map<String, float[]> named) {
        RowNotes notes = new RowNotes(rows);
        for (int i = 0; i < STORED.length; i++) {
            notes.notes[STORED[i]] = named.get(KIND_NAMES.get(i));
        }
        float[] multiplicities = notes.notes[MULTIPLICITY];
        for (int row = 0; multiplicities != null && row < rows; row++) {
            if (!(multiplicities[row] > 0) || Float.isInfinite(multiplicities[row])) {
                throw new IllegalArgumentException(
                        "row " + row + " cannot stand for " + multiplicities[row] + " tokens");
            }
            notes.setMultiplicity(row, multiplicities[row]);
        }
        return notes;
    }

    /** The same notes, of which only the mass can change apart from these. */
    RowNotes fork() {
        RowNotes fork = new RowNotes(capacity);
        System.arraycopy(notes, 0, fork.notes, 0, KINDS);
        fork.notes[MASS] = notes[MASS] == null ? null : notes[MASS].clone();
        return fork;
    }

    /** Takes over the first {@code rows} rows of {@code source}. */
    void take(RowNotes source, int rows) {
        for (int kind = 0; kind < KINDS; kind++) {
            notes[kind] = null;
            if (source.notes[kind] != null) {
                System.arraycopy(source.notes[kind], 0, use(kind), 0, rows);
            }
        }
    }

    /** Bytes that one row takes. */
    long bytesPerRow() {
        return Arrays.stream(notes).filter(kind -> kind != null).count() * Float.BYTES;
    }

    /** Bytes of all arrays, exactly; their headers are not counted. */
    long bytes() {
        return capacity * bytesPerRow();
    }
}
