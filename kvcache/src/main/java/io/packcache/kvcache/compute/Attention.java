package io.packcache.kvcache.compute;

/**
 * One attention call: a block of query rows against the packed rows of one layer of one cache.
 *
 * <p>Every mask of the models we run has one shape: a query sees the first {@code n} rows of the cache. So a mask is a
 * count per query, and {@code null} means that every query sees all {@code keyCount} rows.
 *
 * @param queries tensor of shape (rows, heads x head size), rotated
 * @param firstRow first row of the block, in {@code queries} and in {@code output}
 * @param rows number of query rows
 * @param heads number of query heads; a multiple of {@code keys.length}
 * @param keys one tensor per KV head, shape (capacity, head size); KV head j serves query heads
 *     {@code j * heads / keys.length} and following
 * @param values one tensor per KV head, same shape
 * @param keyCount number of valid rows in {@code keys} and {@code values}
 * @param visible for each query row of the block how many cache rows it sees (1 to keyCount), or null for all
 * @param output tensor of shape (rows, heads x head size)
 */
public record Attention(
        Tensor queries,
        int firstRow,
        int rows,
        int heads,
        Tensor[] keys,
        Tensor[] values,
        int keyCount,
        int[] visible,
        Tensor output) {}
