package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.rows.Bfloat16Rows;
import io.packcache.kvcache.compute.rows.Centroids;
import io.packcache.kvcache.compute.rows.Codes;
import io.packcache.kvcache.compute.rows.Groups;
import io.packcache.kvcache.compute.rows.PackedRows;
import io.packcache.kvcache.compute.rows.Packing;
import io.packcache.kvcache.compute.rows.Ranges;
import io.packcache.kvcache.compute.rows.SymmetricRanges;

/**
 * The nearest of a few mean rows, and what is left of the row at 2 bits: Quant VideoGen (arXiv 2602.02958).
 *
 * <p>Tokens of a frame resemble each other, so the rest is small. K-means finds up to 256 centroids in two iterations; the
 * rest is rounded to -s, 0 or s, where s is the largest magnitude of its {@value #BLOCK} channels as an 8-bit float. The
 * paper's symmetric 2-bit code has just these three levels, so five share a byte here.
 *
 * <p>The table of centroids has to pay for itself. The paper encodes spans of many thousand tokens; a page has some hundred,
 * so there are at most one centroid per {@value #ROWS_PER_CENTROID} rows, and 256 only from 32,768 rows on. Cost in bits
 * a value for head size d: {@code 1.6 + 8/min(d, 64) + 8/d + 16/128} for whole words of 20 rows, 1.97 at d = 64. With all
 * tables that is at least 7 times less than bfloat16 from 104 rows on for d of 64 and 128, and from 664 rows on for d = 32;
 * 8 times at 1,024 rows and d = 64.
 *
 * <p>Error of a value: at most {@code 17/32} of the largest rest in its block, its distance from the rounded centroid.
 */
record ResidualCentroidCodec() implements Codec {

    /** Channels that share a scale. */
    static final int BLOCK = 64;

    /** Rows for which one centroid may be kept. */
    static final int ROWS_PER_CENTROID = 128;

    private static final int ITERATIONS = 2;

    @Override
    public String name() {
        return "quant-videogen";
    }

    @Override
    public PackedRows encode(float[] rows, int count, int columns) {
        Quantizer.requireFinite(rows, count, columns);
        int clusters = clusters(count);
        KMeans means = new KMeans(rows, count, columns, clusters);
        Bfloat16Rows table = Bfloat16Rows.nearest(means.centroids(ITERATIONS), clusters, columns);
        float[] rounded = new float[clusters * columns];
        table.decode(0, clusters, rounded, 0);
        byte[] ids = means.nearest(rounded);
        float[] rest = new float[count * columns];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = rows[i] - rounded[(ids[i / columns] & 0xFF) * columns + i % columns];
        }
        PackedRows packed = new Quantizer(Packing.TRITS, Groups.single(count), BLOCK, rest, count, columns)
                .symmetric((largest, mean) -> largest);
        return new PackedRows(packed.codes(), packed.ranges(), new Centroids(table, ids));
    }

    @Override
    public long bytes(int count, int columns) {
        return Codes.bytes(Packing.TRITS, count, columns)
                + SymmetricRanges.bytes(count, Ranges.blocks(columns, BLOCK))
                + Centroids.bytes(clusters(count), count, columns);
    }

    private static int clusters(int rows) {
        return Math.max(1, Math.min(Centroids.MOST, rows / ROWS_PER_CENTROID));
    }
}
