package io.packcache.stream.model;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Signal;
import java.util.List;

/** Tells each cache, while its rows are stored, the signals that it collects; costs nothing where nobody collects any. */
final class SignalNotes {

    private final Transformer transformer;
    private final Activations memory;
    private final List<BranchRows> branches;
    private final int[] firstRow; // of each branch in the batch
    private final int[] stagedAt; // of each branch in its cache

    SignalNotes(
            Transformer transformer, Activations memory, List<BranchRows> branches, int[] firstRow, int[] stagedAt) {
        this.transformer = transformer;
        this.memory = memory;
        this.branches = branches;
        this.firstRow = firstRow;
        this.stagedAt = stagedAt;
    }

    /** After a layer's queries, keys and values were computed and before it attends. */
    void queriesAndValues(int layer) {
        for (int b = 0; b < firstRow.length; b++) {
            BranchRows branch = branches.get(b);
            branch.cache().noteQueries(layer, memory.queries, firstRow[b], branch.rows(), stagedAt[b]);
            if (branch.cache().collected().contains(Signal.PROJECTED_VALUE_NORM)) {
                projections(layer, b);
            }
        }
    }

    /** Whether the last block must be computed to its end. */
    boolean wantsHidden() {
        return branches.stream().anyMatch(branch -> branch.cache().collected().contains(Signal.HIDDEN_NORM));
    }

    /** After the last block. */
    void hidden() {
        for (int b = 0; b < firstRow.length; b++) {
            KvCache cache = branches.get(b).cache();
            if (cache.collected().contains(Signal.HIDDEN_NORM)) {
                cache.noteHiddenNorms(lengths(b), stagedAt[b]);
            }
        }
    }

    private float[] lengths(int b) {
        float[] norms = new float[branches.get(b).rows()];
        float[] row = new float[memory.hidden.columns()];
        for (int r = 0; r < norms.length; r++) {
            memory.hidden.read(firstRow[b] + r, row, 0, 1);
            double squares = 0;
            for (float channel : row) {
                squares += (double) channel * channel;
            }
            norms[r] = (float) Math.sqrt(squares);
        }
        return norms;
    }

    /** Sends each value through its query heads' part of the output projection; uses tensors that attention fills later. */
    private void projections(int layer, int b) {
        int kvHeads = transformer.network().kvHeads();
        int group = transformer.network().heads() / kvHeads;
        for (int head = 0; head < kvHeads; head++) {
            float[] norms = new float[branches.get(b).rows()];
            for (int query = head * group; query < (head + 1) * group; query++) {
                project(layer, b, head, query);
                addMagnitudes(memory.normed, firstRow[b], norms, group);
            }
            branches.get(b).cache().noteProjectedValueNorms(layer, head, norms, stagedAt[b]);
        }
    }

    private void project(int layer, int b, int head, int query) {
        int size = transformer.network().headSize();
        float[] value = new float[memory.values.columns()];
        float[] row = new float[memory.attended.columns()];
        int rows = branches.get(b).rows();
        for (int r = firstRow[b]; r < firstRow[b] + rows; r++) {
            memory.values.read(r, value, 0, 1);
            System.arraycopy(value, head * size, row, query * size, size);
            memory.attended.write(r, row, 0, 1);
        }
        transformer
                .backend()
                .multiply(
                        memory.attended,
                        firstRow[b],
                        rows,
                        transformer.blocks().get(layer).output(),
                        memory.normed);
    }

    private static void addMagnitudes(Tensor projected, int first, float[] norms, int group) {
        float[] row = new float[projected.columns()];
        for (int r = 0; r < norms.length; r++) {
            projected.read(first + r, row, 0, 1);
            for (float channel : row) {
                norms[r] += Math.abs(channel) / group;
            }
        }
    }
}
