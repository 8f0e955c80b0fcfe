package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.PANEL;
import static io.packcache.kvcache.compute.vector.Lanes.all;
import static io.packcache.kvcache.compute.vector.Lanes.larger;
import static io.packcache.kvcache.compute.vector.Lanes.load;
import static io.packcache.kvcache.compute.vector.Lanes.total;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One row's guidance, softmax and draw, in one thread's scratch memory.
 *
 * <p>Sums are kept per block of columns and added up in double, so that a draw walks over blocks and then into one.
 */
final class Sampler {

    /** Columns of one block, a multiple of every vector length. */
    private static final int BLOCK = 512;

    private static final float[] ZEROS = new float[PANEL];

    private int columns;

    /** Logits, then their weights: exp(logit - largest); minus infinity, then 0, in the padding to whole blocks. */
    private float[] weights = new float[0];

    /** Sum of the weights of each block. */
    private float[] sums = new float[0];

    private float largest;

    /** Reads the logits of a row and finds the largest; {@code unguided} may be null. */
    void read(int count, float[] guided, int guidedAt, float[] unguided, int unguidedAt, float guidance) {
        int blocks = (count + BLOCK - 1) / BLOCK;
        if (sums.length != blocks) {
            sums = new float[blocks];
            weights = new float[blocks * BLOCK];
        }
        columns = count;
        if (unguided == null) {
            System.arraycopy(guided, guidedAt, weights, 0, count);
        } else {
            guide(guided, guidedAt, unguided, unguidedAt, guidance, weights, count);
        }
        Arrays.fill(weights, count, weights.length, Float.NEGATIVE_INFINITY);
        largest = largest(weights);
    }

    /** The first column with the largest logit; to be asked before {@link #exponentiate}. */
    int best() {
        int c = 0;
        while (c < columns - 1 && weights[c] != largest) {
            c++;
        }
        return c;
    }

    /** Turns logits into weights and returns their sum; not finite if the logits are not. */
    double exponentiate(float temperature) {
        double sum = 0;
        for (int b = 0; b < sums.length; b++) {
            center(weights, b * BLOCK, largest, Powers.LOG2_E / temperature);
            Powers.exp2(weights, b * BLOCK, BLOCK / PANEL, ZEROS);
            sums[b] = sum(weights, b * BLOCK);
            sum += sums[b];
        }
        return sum;
    }

    /** The first column at which the cumulative weight exceeds {@code threshold}. */
    int draw(double threshold) {
        double cumulative = 0;
        int block = 0;
        while (block < sums.length - 1 && cumulative + sums[block] <= threshold) {
            cumulative += sums[block];
            block++;
        }
        int drawn = -1;
        for (int c = block * BLOCK; c < (block + 1) * BLOCK && cumulative <= threshold; c++) {
            cumulative += weights[c];
            // A block's sum is rounded: should its columns fall short of it, the last one with any weight stands.
            drawn = weights[c] > 0 ? c : drawn;
        }
        return drawn;
    }

    float weight(int column) {
        return weights[column];
    }

    private static void guide(float[] g, int gAt, float[] u, int uAt, float guidance, float[] logits, int count) {
        int c = 0;
        for (; c + LANES <= count; c += LANES) {
            FloatVector other = load(u, uAt + c);
            load(g, gAt + c).sub(other).mul(guidance).add(other).intoArray(logits, c);
        }
        for (; c < count; c++) {
            logits[c] = guidance * (g[gAt + c] - u[uAt + c]) + u[uAt + c];
        }
    }

    private static float largest(float[] logits) {
        FloatVector max = load(logits, 0);
        for (int c = LANES; c < logits.length; c += LANES) {
            max = larger(load(logits, c), max);
        }
        return larger(load(logits, 0), max).reduceLanes(VectorOperators.MAX);
    }

    private static void center(float[] logits, int at, float largest, float factor) {
        for (int c = at; c < at + BLOCK; c += LANES) {
            load(logits, c).sub(largest).mul(factor).intoArray(logits, c);
        }
    }

    private static float sum(float[] weights, int at) {
        FloatVector sum = all(0);
        for (int c = at; c < at + BLOCK; c += LANES) {
            sum = load(weights, c).add(sum);
        }
        return total(sum);
    }
}
