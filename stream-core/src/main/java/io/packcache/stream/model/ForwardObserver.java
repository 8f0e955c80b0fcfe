package io.packcache.stream.model;

import io.packcache.kvcache.compute.Tensor;

/**
 * Sees the inside of a forward pass, so that it can be compared with another implementation. Called on the computing
 * thread; the tensors are valid during the call and must not be written.
 */
public interface ForwardObserver {

    /** Ignores everything. */
    ForwardObserver NONE = new ForwardObserver() {};

    /**
     * The rows between blocks.
     *
     * @param layer the block that takes them as input; the number of blocks for the output of the final norm
     * @param hidden the first {@code rows} rows count, shape (rows, D)
     */
    default void hidden(int layer, Tensor hidden, int rows) {}

    /**
     * The queries of a block, after their norm and rotation.
     *
     * @param queries the first {@code rows} rows count, shape (rows, heads x head size)
     */
    default void queries(int layer, Tensor queries, int rows) {}
}
