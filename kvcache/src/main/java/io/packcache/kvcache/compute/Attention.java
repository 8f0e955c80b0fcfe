package io.packcache.kvcache.compute;

/**
 * One attention call: a block of query rows against the rows of one layer of one cache.
 *
 * <p>Every mask of the models we run has one shape: a query sees all but the last {@code n} raw rows. So a mask is a count
 * per query, the same for every KV head however many rows that head holds.
 *
 * @param queries tensor of shape (rows, heads x head size), rotated
 * @param firstRow first row of the block, in {@code queries} and in {@code output}
 * @param rows number of query rows
 * @param heads number of query heads; a multiple of {@code cells.length}
 * @param cells one per KV head; KV head j serves query heads {@code j * heads / cells.length} and following
 * @param hidden for each query row of the block how many raw rows at the end it does not see (0 to the smallest count - 1),
 *     or null if each sees all
 * @param output tensor of shape (rows, heads x head size)
 */
public record Attention(
        Tensor queries, int firstRow, int rows, int heads, CellRows[] cells, int[] hidden, Tensor output) {

    /** How many raw rows of a KV head a query row of the block sees. */
    public int visible(int row, int keyHead) {
        int count = cells[keyHead].count();
        return hidden == null ? count : count - hidden[row];
    }
}
