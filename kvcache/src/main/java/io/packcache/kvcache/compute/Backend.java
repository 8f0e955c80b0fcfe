package io.packcache.kvcache.compute;

import java.util.Optional;

/**
 * The operations a transformer over a packed cache needs, and no more.
 *
 * <p>The plain implementation is the specification; every other one is compared with it. Tensors and weights belong to
 * the backend that made them. Calls come from one thread at a time; an implementation may spread the work over its own
 * fixed pool but has finished when it returns (or behaves as if it had). Steady state allocates nothing on the heap.
 */
public interface Backend extends AutoCloseable {

    /** Short name used in settings and reports: {@code plain}, {@code vector}, {@code cuda}. */
    String name();

    /** What computes, and how, in words for reports. */
    default String description() {
        return name();
    }

    /**
     * Whether tensors lie in a memory of their own, so that a table is better kept there whole than sent row by row when rows
     * of it are needed.
     */
    default boolean remote() {
        return false;
    }

    /** Reserves a zeroed tensor. */
    Tensor allocate(int rows, int columns);

    /** The format in which rows of {@link #allocateCache} lie. */
    default NumberFormat cacheFormat() {
        return NumberFormat.FLOAT32;
    }

    /**
     * Reserves zeroed rows of keys or values, in the format in which this backend attends to them. What is written is
     * rounded to it; what is read is widened.
     *
     * @param columns the head size
     */
    default Tensor allocateCache(int rows, int columns) {
        return allocate(rows, columns);
    }

    /**
     * Packs a weight matrix.
     *
     * @param matrix row-major, shape (outputs, inputs)
     * @param bias length outputs, or null
     */
    Weights pack(float[] matrix, int outputs, int inputs, float[] bias);

    /**
     * Takes a weight matrix that lies elsewhere. It is read and packed, in the format it has there, by its first product or
     * by {@link Weights#prepare()}, whichever comes first; the source is not used afterwards.
     *
     * @param bias length {@code matrix.outputs()}, or null
     */
    Weights pack(MatrixSource matrix, float[] bias);

    /** Reserves row numbers or token ids, zeros at first. */
    Indices allocateIndices(int length);

    /** {@code out[r] = table[rows[r]]} for r in 0..count-1. */
    void embed(Tensor table, Indices rows, int count, Tensor out);

    /** {@code y[r] = W x[r] + bias} for the rows {@code firstRow .. firstRow + rows - 1} of both tensors. */
    void multiply(Tensor x, int firstRow, int rows, Weights weights, Tensor y);

    /** {@code y[r] = x[r] / sqrt(mean(x[r]^2) + epsilon) * weight}; {@code weight} has one row. May run in place. */
    void rmsNorm(Tensor x, int rows, Tensor weight, float epsilon, Tensor y);

    /**
     * LayerNorm over each head of each row, in place, with weight and bias.
     *
     * @param weight shape (groups, head size); group g serves heads {@code g * heads / groups} and following
     * @param bias same shape
     */
    void headNorm(Tensor x, int rows, int heads, Tensor weight, Tensor bias, float epsilon);

    /**
     * Rotates the channel pairs (j, j + d/2) of every head of {@code rows} rows, in place, row r by row r of
     * {@code cos} and {@code sin}, which have shape (rows, d/2).
     */
    void rotate(Tensor x, int rows, int heads, Tensor cos, Tensor sin);

    /** {@code out[r] = silu(gate[r]) * up[r]}; {@code out} may be {@code gate}. */
    void swiGlu(Tensor gate, Tensor up, int rows, Tensor out);

    /** {@code target[r] += x[r]}. */
    void add(Tensor x, int rows, Tensor target);

    /**
     * Splits rows of shape (heads x head size) by head and writes them into one tensor per head, from row
     * {@code atRow[h]} of tensor h on.
     */
    void storeHeads(Tensor x, int firstRow, int rows, Tensor[] heads, int[] atRow);

    /** Fused attention, see {@link Attention}. Softmax scale is 1/sqrt(head size). */
    void attention(Attention call);

    /**
     * How queries divide their attention among the rows of one KV head: raw ones first, then page by page. Softmax scale is
     * 1/sqrt(head size).
     *
     * @param queries rotated, shape (count, head size)
     * @param weights receives shape (rows, count)
     */
    void attentionWeights(float[] queries, int count, CellRows cell, float[] weights);

    /**
     * What each row draws on average of {@link #attentionWeights}.
     *
     * @param mass receives one number per row
     */
    void attentionMass(float[] queries, int count, CellRows cell, float[] mass);

    /** Copies {@code count} rows from {@code from} to {@code to} inside one tensor; the ranges may overlap. */
    void moveRows(Tensor tensor, int from, int to, int count);

    /** Copies {@code count} rows of a tensor into another one whose rows have the same length and format. */
    void copyRows(Tensor from, int fromRow, Tensor to, int toRow, int count);

    /**
     * Closes runs of rows up towards the front of each tensor: the rows {@code from[i] .. from[i] + length[i] - 1} of all
     * runs come to lie one behind another, from row 0 on. What lies behind them afterwards means nothing.
     *
     * @param from first row of each run; runs ascend and do not overlap
     * @param runs how many of the entries count
     */
    default void closeUp(Tensor[] tensors, int[] from, int[] length, int runs) {
        for (Tensor tensor : tensors) {
            int to = 0;
            for (int run = 0; run < runs; run++) {
                if (from[run] != to) {
                    moveRows(tensor, from[run], to, length[run]);
                }
                to += length[run];
            }
        }
    }

    /**
     * Rotates the pairs (j, j + d/2) of the rows {@code firstRow .. firstRow + count - 1}, all by the same angles.
     * Computed in double and rounded once, so that thousands of rotations of one row stay within float precision.
     *
     * @param cos length d/2
     * @param sin length d/2
     */
    void rotateRows(Tensor tensor, int firstRow, int count, double[] cos, double[] sin);

    /**
     * An empty gather to be filled and handed to {@link #gather}. It may be the backend's own, as other scratch memory is:
     * it serves until the next one is started.
     *
     * @param pairs channel pairs of a turn
     */
    default RowGather startGather(int pairs) {
        return new RowGather(pairs);
    }

    /**
     * Closes rows up towards the front inside each tensor, as {@link #closeUp} does, and turns those that turn, as {@link
     * #rotateRows} does: each turned value is right to within its last bit, and what it is wrong by has no preferred
     * direction.
     *
     * @param turned tensors whose rows turn; their columns are twice the pairs
     * @param moved tensors whose rows move as they are
     */
    default void gather(RowGather rows, Tensor[] turned, Tensor[] moved) {
        rows.inTwoPasses(this, turned, moved);
    }

    /**
     * Guidance, softmax and one draw per row.
     *
     * <p>For row r: {@code l = guidance * (g[r] - u[r]) + u[r]} over all columns, or {@code g[r]} alone when
     * {@code unguided} is null; probabilities are softmax(l / temperature); the drawn column is the first whose
     * cumulative probability exceeds {@code uniforms[r]}. A temperature of 0 takes the most likely column and reports
     * its probability at temperature 1. Probabilities are never 0.
     *
     * @param guided logits of the guided branch from {@code guidedRow} on
     * @param unguided logits of the unguided branch from {@code unguidedRow} on, or null
     * @param uniforms one number in [0, 1) per row
     * @param columns receives the drawn column of each row
     * @param probabilities receives its probability, in (0, 1]
     * @throws ArithmeticException if the logits of a row are not finite; the message names the row
     */
    void sample(
            Tensor guided,
            int guidedRow,
            Tensor unguided,
            int unguidedRow,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities);

    /**
     * Memory for frames that masked decoding finds, where this backend computes.
     *
     * @param layout its tables are not copied and do not change
     */
    MaskedFrame maskedFrame(MaskedLayout layout);

    /**
     * Work that repeats: operations of this backend with the very same tensors, weights, ranges and arrays at every run, on
     * whatever values the tensors hold by then. A backend may note the operations and queue them all at once from some run on.
     *
     * @param work calls operations of this backend alone, none that copies values to or from the host
     */
    default Recording record(Runnable work) {
        return Recording.direct(work);
    }

    /**
     * The rate that no kernel of this backend can beat, in GFLOP/s: multiply-adds alone, on all of its threads, measured
     * now, which takes about a second. 0 if it cannot tell.
     */
    default double peakGigaflops() {
        return 0;
    }

    /**
     * Makes the first real work as fast as later work will be, where this JVM has to learn that first; else does nothing.
     * Takes some tenths of a second and ends early if its thread is interrupted. Unlike all else here it may run beside other
     * calls: call it on a thread of its own while a model is loaded, or {@link Backends#warmUp} even before.
     */
    default void warmUp() {}

    /**
     * Another backend like this one, whose calls may run beside this one's: for work that need not take turns with it. Each has
     * tensors and weights of its own. Nothing where the two would only be in each other's way: where this one computes on a
     * single thread or on a device.
     */
    default Optional<Backend> beside() {
        return Optional.empty();
    }

    /** Stops the pool. Tensors and weights are closed by their owners. */
    @Override
    void close();
}
