package io.packcache.kvcache.plan;

import java.util.Arrays;

/**
 * How many tokens each held content token of one frame stands for; 1 unless others were folded into it. Immutable as long
 * as nobody modifies the arrays it was made of.
 */
public final class Multiplicities {

    /** Nothing was folded in any layer and head. */
    public static final Multiplicities ONES = new Multiplicities(1, new float[][] {null});

    private final int heads;
    private final float[][] cells; // layers x heads, or one; by content index; null where all are 1

    private Multiplicities(int heads, float[][] cells) {
        this.heads = heads;
        this.cells = cells;
    }

    /**
     * Multiplicities by layer and KV head.
     *
     * @param cells shape (layers, KV heads), each by content index or null if all are 1
     */
    public static Multiplicities of(float[][][] cells) {
        float[][] flat = Arrays.stream(cells).flatMap(Arrays::stream).toArray(float[][]::new);
        boolean ones = Arrays.stream(flat).allMatch(cell -> cell == null);
        return ones ? ONES : new Multiplicities(cells[0].length, flat);
    }

    /** What the token with this content index stands for in this layer and head. */
    public float at(int layer, int head, int place) {
        float[] cell = cells.length == 1 ? cells[0] : cells[layer * heads + head];
        return cell == null ? 1 : cell[place];
    }

    /** Bytes of the numbers, exactly; array headers are not counted. */
    public long bytes() {
        return Arrays.stream(cells)
                .mapToLong(cell -> cell == null ? 0 : (long) Float.BYTES * cell.length)
                .sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Multiplicities multiplicities
                && heads == multiplicities.heads
                && Arrays.deepEquals(cells, multiplicities.cells);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(cells);
    }
}
