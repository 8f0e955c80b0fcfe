package io.packcache.kvcache;

import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.position.Rotator;

/** How the probes' queries divide their attention among all rows of one cell, raw ones first, then page by page. */
final class ProbeAttention {

    private final Storage storage;
    private final Cell cell;
    private final int cellNumber;
    private final CellRows rows;
    private final int count;
    private final float[] queries; // as their probes stand now, shape (count, head size)
    private float[] weights; // rows x count, once a single query was asked for
    private float[] mass; // by row, once it was asked for

    /** @param state with at least one probe, of a frame that is held */
    ProbeAttention(Storage storage, int cellNumber, ProbeState state) {
        this.storage = storage;
        this.cell = storage.cells[cellNumber];
        this.cellNumber = cellNumber;
        this.rows = storage.rows(cell.layer, cell.head);
        int group = state.group(storage.shape);
        this.count = state.probes() * group;
        this.queries = turned(state, group);
    }

    /** Weight that a query gives to a row, raw or counted on page by page. */
    float weight(int row, int query) {
        if (weights == null) {
            weights = new float[Math.multiplyExact(rows.rows(), count)];
            storage.backend.attentionWeights(queries, count, rows, weights);
        }
        return weights[row * count + query];
    }

    /** Mean weight that a row draws, raw or counted on page by page. */
    float mean(int row) {
        if (mass == null) {
            mass = new float[rows.rows()];
            storage.backend.attentionMass(queries, count, rows, mass);
        }
        return mass[row];
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

    private float[] turned(ProbeState state, int group) {
        int size = storage.shape.headSize();
        long slot = storage.table.slot(storage.table.firstOf(state.frame(), storage.tokens));
        Rotator rotator = new Rotator(storage.positions.scheme());
        float[] turned = new float[count * size];
        int width = state.queries()[cell.layer].length / state.probes();
        for (int query = 0; query < count; query++) {
            int probe = query / group;
            int head = cell.head * group + query % group;
            System.arraycopy(state.queries()[cell.layer], probe * width + head * size, turned, query * size, size);
            rotator.rotate(
                    turned,
                    query * size,
                    storage.positions.stride().moved(state.positions().get(probe), slot - state.slot()));
        }
        return turned;
    }
}
