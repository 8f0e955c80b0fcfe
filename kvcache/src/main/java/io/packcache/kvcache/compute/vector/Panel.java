package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.PANEL;

import java.util.Arrays;

/**
 * Attention in progress for the queries that lie side by side across the lanes: what they are, and what they have gathered
 * so far. The last dimension of every array is the PANEL queries.
 */
final class Panel {

    /** Number of the first query among those of its KV head. */
    int firstQuery;

    /** Raw rows each query sees. */
    final int[] visible = new int[PANEL];

    /** The fewest of them. */
    int everyoneSees;

    /** The most of them. */
    int anyoneSees;

    /** The largest score so far, in powers of two. */
    final float[] largest = new float[PANEL];

    /** Sum of the weights so far, relative to the largest score. */
    final float[] sums = new float[PANEL];

    /** Shape (head size, PANEL), scaled. */
    float[] queries = new float[0];

    /** Queries as the keys of the present page have to meet them: {@link #queries} or {@link #turned}. */
    float[] met;

    /** Room for queries in the basis of a page; same shape. */
    float[] turned = new float[0];

    /** Weighted sum of values so far; same shape. */
    float[] output = new float[0];

    void begin(int headSize, int query) {
        firstQuery = query;
        if (queries.length != headSize * PANEL) {
            queries = new float[headSize * PANEL];
            output = new float[headSize * PANEL];
        }
        Arrays.fill(output, 0);
        Arrays.fill(sums, 0);
        Arrays.fill(largest, -Float.MAX_VALUE);
    }

    void countVisible() {
        everyoneSees = visible[0];
        anyoneSees = visible[0];
        for (int count : visible) {
            everyoneSees = Math.min(everyoneSees, count);
            anyoneSees = Math.max(anyoneSees, count);
        }
    }
}
