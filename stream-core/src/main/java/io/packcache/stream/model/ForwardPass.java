package io.packcache.stream.model;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.List;

/**
 * One batch of rows, prepared to run through a transformer as often as needed.
 *
 * <p>The rows of all branches share every matrix product; each branch attends to its own cache, where the keys and values
 * of its rows are written over the same staged rows at every run. Running allocates nothing.
 */
public final class ForwardPass {

    private final Transformer transformer;
    private final Activations memory;
    private final Backend backend;
    private final List<BranchRows> branches;
    private final int[] firstRow; // first row of each branch in the batch
    private final int[] stagedAt; // first row of each branch in its cache
    private final Attention[][] attention; // layer, branch
    private final SignalNotes notes;
    private final WantedRows wantedRows;
    private final int rows;
    private final LogitsHead head;

    ForwardPass(Transformer transformer, Activations memory, List<BranchRows> branches) {
        this.transformer = transformer;
        this.memory = memory;
        this.backend = transformer.backend();
        this.branches = List.copyOf(branches);
        this.firstRow = new int[branches.size()];
        this.stagedAt = new int[branches.size()];
        int count = 0;
        for (int b = 0; b < firstRow.length; b++) {
            firstRow[b] = count;
            count = Math.addExact(count, branches.get(b).rows());
        }
        if (count < 1 || count > memory.rows()) {
            throw new IllegalArgumentException("a batch has 1 to " + memory.rows() + " rows, got " + count);
        }
        this.rows = count;
        this.head = new LogitsHead(transformer, memory, rows);
        this.attention = new Attention[transformer.blocks().size()][firstRow.length];
        this.wantedRows = new WantedRows(transformer, memory, firstRow, rows);
        this.notes = new SignalNotes(transformer, memory, branches, firstRow, stagedAt);
        stage();
        prepare();
    }

    /** First row of a branch in the batch. */
    public int firstRow(int branch) {
        return firstRow[branch];
    }

    /** Runs all rows through all blocks and the final norm. */
    public void run() {
        run(ForwardObserver.NONE);
    }

    /** Runs as {@link #run()} does and shows the inside to an observer. */
    public void run(ForwardObserver observer) {
        embed();
        int layers = transformer.blocks().size();
        for (int layer = 0; layer < layers; layer++) {
            observer.hidden(layer, memory.hidden, rows);
            storeKeysAndValues(layer);
            attend(layer, observer);
            mlp(transformer.blocks().get(layer), memory.hidden, rows);
        }
        normalise(memory.hidden, rows, transformer.finalNorm(), memory.normed);
        head.allComputed();
        observer.hidden(layers, memory.normed, rows);
    }

    /**
     * Runs only as far as the logits of some rows need it: after the last block's keys and values, the others are left out.
     * What is computed is the same number for number.
     *
     * @param wanted rows of the batch, each at most once, those of earlier branches first
     * @param count how many of them, at least 1
     */
    public void run(int[] wanted, int count) {
        embed();
        runToLastKeys();
        memory.chosen.write(wanted, count);
        Block block = transformer.blocks().get(attention.length - 1);
        wantedRows.gather(block, memory.chosen, count);
        wantedRows.attend(attention[attention.length - 1], wanted, count);
        runToNorm(block, count);
        head.computed(wanted, count);
    }

    /**
     * The rest of a run, behind {@link #runToLastKeys}, for rows of frames that the backend has chosen.
     *
     * @param wanted {@code each} rows of every branch, branch by branch
     */
    void runToNorm(Indices wanted, int each) {
        int count = firstRow.length * each;
        Block block = transformer.blocks().get(attention.length - 1);
        wantedRows.gather(block, wanted, count);
        wantedRows.attendAll(attention[attention.length - 1], each);
        runToNorm(block, count);
    }

    private void runToNorm(Block block, int count) {
        addProjected(block, memory.wanted, count);
        mlp(block, memory.wanted, count);
        normalise(memory.wanted, count, transformer.finalNorm(), memory.normed);
    }

    /** All rows, as far as the keys and values of the last block, whose input stays where {@link #blockInput} leaves it. */
    void runToLastKeys() {
        int last = attention.length - 1;
        for (int layer = 0; layer < last; layer++) {
            storeKeysAndValues(layer);
            attend(layer, ForwardObserver.NONE);
            mlp(transformer.blocks().get(layer), memory.hidden, rows);
        }
        Block block = transformer.blocks().get(last);
        storeKeysAndValues(last, block, blockInput(block.attentionNorm(), memory.hidden, rows));
    }

    /**
     * Runs only as far as the caches need it: what the last block makes of its keys and values is not computed unless a
     * cache collects what shows it. Signals that the caches collect are noted on the way.
     */
    public void fillCaches() {
        embed();
        fill();
    }

    /** The same with token ids that the backend has. */
    void fillCaches(Indices ids) {
        embed(ids);
        fill();
    }

    private void fill() {
        int last = transformer.blocks().size() - 1;
        for (int layer = 0; layer < last; layer++) {
            storeKeysAndValues(layer);
            notes.queriesAndValues(layer);
            attend(layer, ForwardObserver.NONE);
            mlp(transformer.blocks().get(layer), memory.hidden, rows);
        }
        storeKeysAndValues(last);
        notes.queriesAndValues(last);
        if (notes.wantsHidden()) {
            attend(last, ForwardObserver.NONE);
            mlp(transformer.blocks().get(last), memory.hidden, rows);
            notes.hidden();
        }
    }

    /**
     * Computes logits of chosen rows of the last {@link #run}.
     *
     * @param batchRows rows of the batch that the run computed to its end
     * @param count how many of them, at most {@link Activations#headRows()}
     * @return row r belongs to {@code batchRows[r]}; columns as the head was loaded; valid until the next call
     */
    public Tensor logits(int[] batchRows, int count) {
        return head.logits(batchRows, count);
    }

    /**
     * Computes logits after {@link #runToNorm(Indices, int)}.
     *
     * @param first the first of the rows chosen in each branch
     * @param count how many of each branch
     * @param each rows chosen in each branch
     * @return {@code count} rows of the first branch, then as many of the next
     */
    Tensor logits(int first, int count, int each) {
        return head.logits(first, count, each, firstRow.length);
    }

    /** Keeps the rows in all caches. */
    public void commit() {
        branches.forEach(branch -> branch.cache().commit());
    }

    /** Forgets the rows in all caches. */
    public void rollback() {
        branches.forEach(branch -> branch.cache().rollback());
    }

    private void stage() {
        try {
            for (int b = 0; b < stagedAt.length; b++) {
                stagedAt[b] = branches.get(b).cache().stage(branches.get(b).tokens());
            }
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    private void prepare() {
        int heads = transformer.network().heads();
        for (int b = 0; b < firstRow.length; b++) {
            BranchRows branch = branches.get(b);
            KvCache cache = branch.cache();
            memory.writeRotation(transformer.rotary(), branch.tokens(), firstRow[b]);
            int[] hidden = transformer.causalFrames()
                    ? Visibility.hiddenCausally(branch.rows())
                    : Visibility.hiddenOrNull(branch.tokens());
            for (int layer = 0; layer < attention.length; layer++) {
                attention[layer][b] = new Attention(
                        memory.queries, firstRow[b], branch.rows(), heads, cache.rows(layer), hidden, memory.attended);
            }
        }
    }

    private void embed() {
        for (int b = 0; b < firstRow.length; b++) {
            BranchRows branch = branches.get(b);
            System.arraycopy(branch.ids(), 0, memory.ids, firstRow[b], branch.rows());
        }
        memory.batchIds.write(memory.ids, rows);
        embed(memory.batchIds);
    }

    /** From token ids, one for each row of the batch, to the input of the first block. */
    void embed(Indices ids) {
        transformer.embeddings().lookUp(ids, rows, memory.hidden);
    }

    /** Leaves the block's queries in their tensor, normed and rotated, too. */
    private void storeKeysAndValues(int layer) {
        Block block = transformer.blocks().get(layer);
        Tensor input = blockInput(block.attentionNorm(), memory.hidden, rows);
        storeKeysAndValues(layer, block, input);
        multiply(input, block.query(), memory.queries);
        int heads = transformer.network().heads();
        block.turnQueries(backend, memory.queries, rows, heads, memory.cos, memory.sin);
    }

    private void storeKeysAndValues(int layer, Block block, Tensor input) {
        multiply(input, block.key(), memory.keys);
        multiply(input, block.value(), memory.values);
        int heads = transformer.network().kvHeads();
        block.turnKeys(backend, memory.keys, rows, heads, memory.cos, memory.sin);
        for (int b = 0; b < firstRow.length; b++) {
            BranchRows branch = branches.get(b);
            branch.cache().store(layer, memory.keys, memory.values, firstRow[b], branch.rows(), stagedAt[b]);
        }
    }

    private void attend(int layer, ForwardObserver observer) {
        observer.queries(layer, memory.queries, rows);
        for (Attention call : attention[layer]) {
            backend.attention(call);
        }
        addProjected(transformer.blocks().get(layer), memory.hidden, rows);
    }

    /** The attention's way back into the hidden state. */
    private void addProjected(Block block, Tensor hidden, int count) {
        backend.multiply(memory.attended, 0, count, block.output(), memory.normed);
        addTo(hidden, count, block.attentionNorm());
    }

    private void mlp(Block block, Tensor hidden, int count) {
        Tensor input = blockInput(block.mlpNorm(), hidden, count);
        backend.multiply(input, 0, count, block.gate(), memory.gate);
        backend.multiply(input, 0, count, block.up(), memory.up);
        backend.swiGlu(memory.gate, memory.up, count, memory.gate);
        backend.multiply(memory.gate, 0, count, block.down(), memory.normed);
        addTo(hidden, count, block.mlpNorm());
    }

    /** What a sub-layer reads: the normed rows, or the rows themselves where norms come after. */
    private Tensor blockInput(Tensor norm, Tensor hidden, int count) {
        if (transformer.network().normAfter()) {
            return hidden;
        }
        normalise(hidden, count, norm, memory.normed);
        return memory.normed;
    }

    /** Adds what a sub-layer left in {@code normed}, normed now where norms come after. */
    private void addTo(Tensor hidden, int count, Tensor norm) {
        if (transformer.network().normAfter()) {
            normalise(memory.normed, count, norm, memory.normed);
        }
        backend.add(memory.normed, count, hidden);
    }

    private void normalise(Tensor x, int count, Tensor weight, Tensor y) {
        backend.rmsNorm(x, count, weight, transformer.network().epsilon(), y);
    }

    private void multiply(Tensor x, Weights weights, Tensor y) {
        backend.multiply(x, 0, rows, weights, y);
    }
}
