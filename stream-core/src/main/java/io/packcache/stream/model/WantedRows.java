package io.packcache.stream.model;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Indices;

/**
 * The rows of a batch whose logits are wanted, gathered side by side for the last block: what it makes of the others nobody
 * reads.
 */
final class WantedRows {

    private final Transformer transformer;
    private final Activations memory;
    private final Backend backend;
    private final int[] firstRow; // of each branch in the batch
    private final int rows;

    /** @param rows of the whole batch */
    WantedRows(Transformer transformer, Activations memory, int[] firstRow, int rows) {
        this.transformer = transformer;
        this.memory = memory;
        this.backend = transformer.backend();
        this.firstRow = firstRow;
        this.rows = rows;
    }

    /** Hidden state and finished queries of the rows; after the block's input of all rows was computed. */
    void gather(Block block, Indices wanted, int count) {
        boolean normAfter = transformer.network().normAfter();
        backend.embed(normAfter ? memory.hidden : memory.normed, wanted, count, memory.attended);
        backend.embed(memory.hidden, wanted, count, memory.wanted);
        backend.embed(memory.cos, wanted, count, memory.wantedCos);
        backend.embed(memory.sin, wanted, count, memory.wantedSin);
        backend.multiply(memory.attended, 0, count, block.query(), memory.queries);
        int heads = transformer.network().heads();
        block.turnQueries(backend, memory.queries, count, heads, memory.wantedCos, memory.wantedSin);
    }

    /**
     * Attends with the gathered queries.
     *
     * @param all the calls for all rows, one a branch
     */
    void attend(Attention[] all, int[] wanted, int count) {
        int from = 0;
        for (int b = 0; b < firstRow.length; b++) {
            int end = b + 1 < firstRow.length ? firstRow[b + 1] : rows;
            int to = from;
            while (to < count && wanted[to] < end) {
                to++;
            }
            if (to > from) {
                int[] hidden = hidden(all[b].hidden(), wanted, from, to, firstRow[b]);
                attend(all[b], from, to - from, hidden);
            }
            from = to;
        }
    }

    /** Attends with the gathered queries of frames, which see all there is, {@code each} of every branch. */
    void attendAll(Attention[] all, int each) {
        for (int b = 0; b < firstRow.length; b++) {
            if (all[b].hidden() != null) {
                throw new IllegalStateException("a token of a frame does not see all of its frame");
            }
            attend(all[b], b * each, each, null);
        }
    }

    private void attend(Attention whole, int from, int count, int[] hidden) {
        backend.attention(
                new Attention(memory.queries, from, count, whole.heads(), whole.cells(), hidden, memory.attended));
    }

    /** How many rows each of the wanted ones of a branch does not see; null if each sees all. */
    private static int[] hidden(int[] all, int[] wanted, int from, int to, int firstRow) {
        if (all == null) {
            return null;
        }
        int[] some = new int[to - from];
        for (int i = from; i < to; i++) {
            some[i - from] = all[wanted[i] - firstRow];
        }
        return some;
    }
}
