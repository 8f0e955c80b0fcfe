package io.packcache.kvcache.compute;

import java.util.List;

/**
 * What one KV head of one layer attends to: raw rows in sequence order and encoded pages beside them.
 *
 * @param keys shape (capacity, head size), rotated
 * @param values same shape
 * @param count valid rows of both, at least 1
 * @param bias what is added to the logit of each raw row, at least {@code count} long, or null for zeros
 * @param pages encoded rows; every query sees them all
 */
public record CellRows(Tensor keys, Tensor values, int count, float[] bias, List<Page> pages) {

    public CellRows {
        pages = List.copyOf(pages);
    }

    /** Raw rows alone. */
    public CellRows(Tensor keys, Tensor values, int count) {
        this(keys, values, count, null, List.of());
    }

    /** All rows, those of the pages included. */
    public int rows() {
        int rows = count;
        for (Page page : pages) {
            rows = Math.addExact(rows, page.rows());
        }
        return rows;
    }
}
