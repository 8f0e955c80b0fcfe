package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loop of every product: some scalars of the left side times one panel (two vectors) of the right side.
 *
 * <p>Six rows times two vectors are twelve independent sums, enough to hide the latency of the multiply-add, and with
 * the operands they fit the sixteen registers of AVX2.
 */
final class Tile {

    /** Rows of one tile. */
    static final int ROWS = 6;

    private Tile() {}

    /**
     * {@code c[i] = start[i] + sum over k of a[i][k] * b[k]} for rows i = 0..last.
     *
     * <p>Rows beyond {@code last} are computed as copies of it, so that odd heights need no second kernel and every row
     * is summed in the same order wherever it stands.
     *
     * @param a left side, row i begins at {@code aAt + i * aStride}
     * @param last 0 to 5
     * @param b panel of shape (depth, PANEL) from {@code bAt} on
     * @param start what the sums begin with, row i at {@code startAt + i * startStride}; may be {@code c} itself, or one row
     *     for all with a stride of 0
     * @param c receives the sums, row i from {@code cAt + i * cStride} on
     */
    static void multiply(
            float[] a,
            int aAt,
            int aStride,
            int last,
            float[] b,
            int bAt,
            int depth,
            float[] start,
            int startAt,
            int startStride,
            float[] c,
            int cAt,
            int cStride) {
        int i1 = Math.min(1, last);
        int i2 = Math.min(2, last);
        int i3 = Math.min(3, last);
        int i4 = Math.min(4, last);
        int a1 = aAt + i1 * aStride;
        int a2 = aAt + i2 * aStride;
        int a3 = aAt + i3 * aStride;
        int a4 = aAt + i4 * aStride;
        int a5 = aAt + last * aStride;
        // All sums are read before any is written: rows that are copies must not add twice.
        FloatVector s00 = load(start, startAt);
        FloatVector s01 = load(start, startAt + LANES);
        FloatVector s10 = load(start, startAt + i1 * startStride);
        FloatVector s11 = load(start, startAt + i1 * startStride + LANES);
        FloatVector s20 = load(start, startAt + i2 * startStride);
        FloatVector s21 = load(start, startAt + i2 * startStride + LANES);
        FloatVector s30 = load(start, startAt + i3 * startStride);
        FloatVector s31 = load(start, startAt + i3 * startStride + LANES);
        FloatVector s40 = load(start, startAt + i4 * startStride);
        FloatVector s41 = load(start, startAt + i4 * startStride + LANES);
        FloatVector s50 = load(start, startAt + last * startStride);
        FloatVector s51 = load(start, startAt + last * startStride + LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = load(b, bAt + k * PANEL);
            FloatVector b1 = load(b, bAt + k * PANEL + LANES);
            FloatVector x0 = all(a[aAt + k]);
            s00 = x0.fma(b0, s00);
            s01 = x0.fma(b1, s01);
            FloatVector x1 = all(a[a1 + k]);
            s10 = x1.fma(b0, s10);
            s11 = x1.fma(b1, s11);
            FloatVector x2 = all(a[a2 + k]);
            s20 = x2.fma(b0, s20);
            s21 = x2.fma(b1, s21);
            FloatVector x3 = all(a[a3 + k]);
            s30 = x3.fma(b0, s30);
            s31 = x3.fma(b1, s31);
            FloatVector x4 = all(a[a4 + k]);
            s40 = x4.fma(b0, s40);
            s41 = x4.fma(b1, s41);
            FloatVector x5 = all(a[a5 + k]);
            s50 = x5.fma(b0, s50);
            s51 = x5.fma(b1, s51);
        }
        s00.intoArray(c, cAt);
        s01.intoArray(c, cAt + LANES);
        s10.intoArray(c, cAt + i1 * cStride);
        s11.intoArray(c, cAt + i1 * cStride + LANES);
        s20.intoArray(c, cAt + i2 * cStride);
        s21.intoArray(c, cAt + i2 * cStride + LANES);
        s30.intoArray(c, cAt + i3 * cStride);
        s31.intoArray(c, cAt + i3 * cStride + LANES);
        s40.intoArray(c, cAt + i4 * cStride);
        s41.intoArray(c, cAt + i4 * cStride + LANES);
        s50.intoArray(c, cAt + last * cStride);
        s51.intoArray(c, cAt + last * cStride + LANES);
    }
}
