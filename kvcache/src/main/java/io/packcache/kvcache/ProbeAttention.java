package io.packcache.kvcache;

import io.packcache.kvcache.position.Rotator;
import java.util.Arrays;

/** How the probes' queries divide their attention among all rows of one cell, raw ones first, then page by page. */
final class ProbeAttention {

    private static final int CHUNK = 128;

    private final Storage storage;
    private final Cell cell;
    private final int cellNumber;
    private final int size;
    private final int queries;
    private final float[] weights; // rows x queries

    private ProbeAttention(Storage storage, int cellNumber, int queries) {
        this.storage = storage;
        this.cell = storage.cells[cellNumber];
        this.cellNumber = cellNumber;
        this.size = storage.shape.headSize();
        this.queries = queries;
        int rows = cell.rows();
        for (EncodedFrame frame : storage.encoded) {
            rows += frame.pages()[cellNumber] == null ? 0 : frame.pages()[cellNumber].rows();
        }
        this.weights = new float[Math.multiplyExact(rows, queries)];
    }

    /** @param state with at least one probe, of a frame that is held */
    static ProbeAttention of(Storage storage, int cellNumber, ProbeState state) {
        int group = state.group(storage.shape);
        ProbeAttention attention = new ProbeAttention(storage, cellNumber, state.probes() * group);
        float[] transposed = attention.queries(state, group);
        attention.scoreRaw(transposed);
        attention.scorePages(transposed);
        attention.softmax();
        return attention;
    }

    /** Number of query rows. */
    int queries() {
        return queries;
    }

    /** Weight that a query gives to a raw row. */
    float raw(int row, int query) {
        return weights[row * queries + query];
    }

    /** Mean weight that a row draws, raw or counted on page by page. */
    float mean(int row) {
        double sum = 0;
        for (int query = 0; query < queries; query++) {
            sum += weights[row * queries + query];
        }
        return (float) (sum / queries);
    }

    /** The number that the first row of this frame's page has. */
    int firstRow(EncodedFrame wanted) {
        int first = cell.rows();
        for (EncodedFrame frame : storage.encoded) {
            if (frame.frame() == wanted.frame()) {
                return first;
            }
            first += frame.pages()[cellNumber] == null ? 0 : frame.pages()[cellNumber].rows();
        }
        throw new IllegalArgumentException("frame " + wanted.frame() + " has no page");
    }

    /** Queries as their probes stand now, scaled, shape (head size, queries). */
    private float[] queries(ProbeState state, int group) {
        long slot = storage.table.slot(storage.table.firstOf(state.frame(), storage.tokens));
        Rotator rotator = new Rotator(storage.positions.scheme());
        float[] transposed = new float[size * queries];
        float[] vector = new float[size];
        float scale = (float) (1 / Math.sqrt(size));
        int width = state.queries()[cell.layer].length / state.probes();
        for (int query = 0; query < queries; query++) {
            int probe = query / group;
            int head = cell.head * group + query % group;
            System.arraycopy(state.queries()[cell.layer], probe * width + head * size, vector, 0, size);
            rotator.rotate(
                    vector,
                    0,
                    storage.positions.stride().moved(state.positions().get(probe), slot - state.slot()));
            for (int channel = 0; channel < size; channel++) {
                transposed[channel * queries + query] = vector[channel] * scale;
            }
        }
        return transposed;
    }

    private void scoreRaw(float[] transposed) {
        float[] keys = new float[CHUNK * size];
        for (int first = 0; first < cell.rows(); first += CHUNK) {
            int count = Math.min(CHUNK, cell.rows() - first);
            cell.keys.read(first, keys, 0, count);
            score(keys, count, transposed, first);
        }
        addBias(cell.notes.bias(), 0, cell.rows());
    }

    private void scorePages(float[] transposed) {
        for (EncodedFrame frame : storage.encoded) {
            if (frame.pages()[cellNumber] != null) {
                int first = firstRow(frame);
                int rows = frame.pages()[cellNumber].rows();
                score(CellFrame.keys(frame.pages()[cellNumber], size), rows, transposed, first);
                addBias(frame.pages()[cellNumber].bias(), first, rows);
            }
        }
    }

    private void score(float[] keys, int count, float[] transposed, int firstRow) {
        for (int row = 0; row < count; row++) {
            int at = (firstRow + row) * queries;
            for (int channel = 0; channel < size; channel++) {
                float key = keys[row * size + channel];
                int from = channel * queries;
                for (int query = 0; query < queries; query++) {
                    weights[at + query] += key * transposed[from + query];
                }
            }
        }
    }

    private void addBias(float[] bias, int firstRow, int rows) {
        for (int row = 0; bias != null && row < rows; row++) {
            int at = (firstRow + row) * queries;
            for (int query = 0; query < queries; query++) {
                weights[at + query] += bias[row];
            }
        }
    }

    private void softmax() {
        float[] most = new float[queries];
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < weights.length; i++) {
            most[i % queries] = Math.max(most[i % queries], weights[i]);
        }
        double[] sums = new double[queries];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) Math.exp(weights[i] - most[i % queries]);
            sums[i % queries] += weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= (float) sums[i % queries];
        }
    }
}
