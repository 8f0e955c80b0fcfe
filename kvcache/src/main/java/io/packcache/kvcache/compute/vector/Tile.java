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
     * {@code c[i] += sum over k of a[i][k] * b[k]} for rows i = 0..last.
     *
     * <p>Rows beyond {@code last} are computed as copies of it, so that odd heights need no second kernel and every row
     * is summed in the same order wherever it stands.
     *
     * @param a left side, row i begins at {@code aAt + i * aStride}
     * @param last 0 to 5
     * @param b panel of shape (depth, PANEL) from {@code bAt} on
     * @param c sums, row i begins at {@code cAt + i * cStride}
     */
    static void accumulate(
            float[] a, int aAt, int aStride, int last, float[] b, int bAt, int depth, float[] c, int cAt, int cStride) {
        int i1 = Math.min(1, last);
        int i2 = Math.min(2, last);
        int i3 = Math.min(3, last);
        int i4 = Math.min(4, last);
        int a1 = aAt + i1 * aStride;
        int a2 = aAt + i2 * aStride;
        int a3 = aAt + i3 * aStride;
        int a4 = aAt + i4 * aStride;
        int a5 = aAt + last * aStride;
        int c1 = cAt + i1 * cStride;
        int c2 = cAt + i2 * cStride;
        int c3 = cAt + i3 * cStride;
        int c4 = cAt + i4 * cStride;
        int c5 = cAt + last * cStride;
        FloatVector s00 = all(0);
        FloatVector s01 = all(0);
        FloatVector s10 = all(0);
        FloatVector s11 = all(0);
        FloatVector s20 = all(0);
        FloatVector s21 = all(0);
        FloatVector s30 = all(0);
        FloatVector s31 = all(0);
        FloatVector s40 = all(0);
        FloatVector s41 = all(0);
        FloatVector s50 = all(0);
        FloatVector s51 = all(0);
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
        // All sums are complete before any is stored: rows that are copies must not add twice.
        s00 = load(c, cAt).add(s00);
        s01 = load(c, cAt + LANES).add(s01);
        s10 = load(c, c1).add(s10);
        s11 = load(c, c1 + LANES).add(s11);
        s20 = load(c, c2).add(s20);
        s21 = load(c, c2 + LANES).add(s21);
        s30 = load(c, c3).add(s30);
        s31 = load(c, c3 + LANES).add(s31);
        s40 = load(c, c4).add(s40);
        s41 = load(c, c4 + LANES).add(s41);
        s50 = load(c, c5).add(s50);
        s51 = load(c, c5 + LANES).add(s51);
        s00.intoArray(c, cAt);
        s01.intoArray(c, cAt + LANES);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + LANES);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + LANES);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + LANES);
        s40.intoArray(c, c4);
        s41.intoArray(c, c4 + LANES);
        s50.intoArray(c, c5);
        s51.intoArray(c, c5 + LANES);
    }
}
