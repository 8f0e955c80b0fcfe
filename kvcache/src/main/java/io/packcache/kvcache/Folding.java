package io.packcache.kvcache;

import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes what the folds of a plan make of the tokens they fold into; writes nothing but what it is told to. */
final class Folding {

    private final Storage storage;
    private final Map<Long, PlannedFrame> frames = new HashMap<>();
    private final TokenRotations rotations;
    private final List<Map<Integer, Folded>> folded = new ArrayList<>(); // by cell, then by token

    /** What a token becomes: its key where the token stands now. */
    private record Folded(float[] key, float[] value, float multiplicity, float mass) {}

    private Folding(Storage storage, List<PlannedFrame> planned) {
        this.storage = storage;
        this.rotations = new TokenRotations(storage.table, storage.positions.scheme());
        planned.forEach(frame -> frames.put(storage.table.frame(frame.first()), frame));
        for (int cell = 0; cell < storage.cells.length; cell++) {
            folded.add(new HashMap<>());
        }
    }

    static Folding of(Storage storage, List<PlannedFrame> planned) {
        Folding folding = new Folding(storage, planned);
        List<Fold> folds = planned.stream()
                .filter(frame -> frame.plan() != null)
                .flatMap(frame -> frame.plan().folds().stream())
                .toList();
        Map<Integer, List<Fold>> byCell = new HashMap<>();
        for (Fold fold : folds) {
            int cell = fold.layer() * storage.shape.kvHeads() + fold.head();
            byCell.computeIfAbsent(cell, any -> new ArrayList<>()).add(fold);
        }
        byCell.forEach(folding::foldAll);
        return folding;
    }

    /** Whether something is folded into a page of this frame. */
    boolean intoPage(PlannedFrame frame) {
        if (frame.pages() == null) {
            return false;
        }
        return frame.plan().folds().stream()
                .anyMatch(fold -> frame.pages()
                        .content()
                        .at(fold.layer(), fold.head())
                        .get(fold.into().place()));
    }

    /** Replaces what was folded into in rows read from one frame of a cell. */
    void overlay(int cell, CellFrame held, float[] keys, float[] values, RowNotes notes) {
        int size = storage.shape.headSize();
        folded.get(cell).forEach((token, result) -> {
            int i = held.indexOf(token);
            if (i >= 0) {
                System.arraycopy(result.key(), 0, keys, i * size, size);
                System.arraycopy(result.value(), 0, values, i * size, size);
                note(notes, i, result);
            }
        });
    }

    /** Writes the results over the raw rows that were folded into. */
    void writeRaw() {
        for (int c = 0; c < storage.cells.length; c++) {
            Cell cell = storage.cells[c];
            folded.get(c).forEach((token, result) -> {
                int row = cell.layout.rowAtOrAfter(token);
                if (row < cell.rows() && cell.layout.token(row) == token) {
                    cell.keys.write(row, result.key(), 0, 1);
                    cell.values.write(row, result.value(), 0, 1);
                    note(cell.notes, row, result);
                }
            });
        }
    }

    private static void note(RowNotes notes, int row, Folded result) {
        if (result.multiplicity() != 1 || notes.multiplicities() != null) {
            notes.setMultiplicity(row, result.multiplicity());
        }
        if (notes.mass() != null) {
            notes.addMass(row, result.mass());
        }
    }

    private void foldAll(int cell, List<Fold> folds) {
        Map<Long, Rows> read = new HashMap<>();
        for (Fold fold : folds) {
            Folded sum = new Folded(
                    new float[storage.shape.headSize()], new float[storage.shape.headSize()], fold.multiplicity(), 0);
            int into = add(cell, fold, fold.into(), 0, sum, read);
            float mass = 0;
            for (int i = 0; i < fold.from().size(); i++) {
                int token = add(cell, fold, fold.from().get(i), i + 1, sum, read);
                mass += read.get(fold.from().get(i).frame()).mass(token);
            }
            rotations.rotate(sum.key(), 0, into);
            folded.get(cell).put(into, new Folded(sum.key(), sum.value(), sum.multiplicity(), mass));
        }
    }

    /** Adds one weighted part and answers which token of the table it was. */
    private int add(int cell, Fold fold, Token part, int number, Folded sum, Map<Long, Rows> read) {
        PlannedFrame frame = frames.get(part.frame());
        Rows rows = read.computeIfAbsent(part.frame(), any -> new Rows(cell, frame));
        int token = frame.token(storage.table, part.place());
        int at = rows.held.indexOf(token) * storage.shape.headSize();
        for (int channel = 0; channel < sum.key().length; channel++) {
            sum.key()[channel] += fold.keyWeights()[number] * rows.keys[at + channel];
            sum.value()[channel] += fold.valueWeights()[number] * rows.values[at + channel];
        }
        return token;
    }

    /** One frame of a cell, keys un-rotated. */
    private final class Rows {

        final CellFrame held;
        final float[] keys;
        final float[] values;
        final float[] mass;

        Rows(int cell, PlannedFrame frame) {
            held = new CellFrame(storage, cell, frame.first(), frame.end());
            keys = held.keys();
            values = held.values();
            mass = held.notes().mass();
            for (int i = 0; i < held.size(); i++) {
                rotations.unrotate(keys, i * storage.shape.headSize(), held.token(i));
            }
        }

        float mass(int token) {
            return mass == null ? 0 : mass[held.indexOf(token)];
        }
    }
}
