package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.rows.FloatRows;
import io.packcache.kvcache.compute.rows.PairedRows;
import java.util.Arrays;

/**
 * Stores the rows of two layers as lengths times common directions: MiniCache (Liu et al., arXiv 2405.14366).
 *
 * <p>With unit vectors a and b of one token in both layers and the angle W between them, the common direction is
 * {@code (sin((1 - t) W) a + sin(t W) b) / sin W}. Tokens whose angle is close to the largest stay apart, in both layers as
 * they are; so do rows of length zero and opposite ones, which have no direction between them. Both layers have their keys
 * rotated by the same angles, so rotated keys may be merged.
 *
 * <p>Error of a row, before its direction is encoded: it is turned by t W in the first layer and by (1 - t) W in the second,
 * so it moves by {@code 2 sin} of half of that times its length. Lengths are exact.
 */
public final class LayerMerge {

    /** Angles whose sine is below this are taken for 0 or pi. */
    private static final double STRAIGHT = 1e-6;

    private final float[][] layers; // the two, shape (rows, columns)
    private final int rows;
    private final int columns;
    private final LayerPairs pairs;
    private final double[] angles; // by row
    private final double[][] lengths; // by layer and row

    private LayerMerge(float[] first, float[] second, int rows, int columns, LayerPairs pairs) {
        this.layers = new float[][] {first, second};
        this.rows = rows;
        this.columns = columns;
        this.pairs = pairs;
        this.angles = new double[rows];
        this.lengths = new double[2][rows];
    }

    /**
     * Merges the rows of two layers.
     *
     * @param first rows of the first layer, shape (rows, columns), finite
     * @param second rows of the second layer, same shape
     * @param directions how directions are stored
     * @return the rows of the first layer, which lead, and those of the second
     */
    public static PairedRows[] encode(
            float[] first, float[] second, int rows, int columns, LayerPairs pairs, Codec directions) {
        Quantizer.requireFinite(first, rows, columns);
        Quantizer.requireFinite(second, rows, columns);
        return new LayerMerge(first, second, rows, columns, pairs).encode(directions);
    }

    private PairedRows[] encode(Codec codec) {
        for (int row = 0; row < rows; row++) {
            measure(row);
        }
        double largest =
                Arrays.stream(angles).filter(angle -> angle < Math.PI).max().orElse(0);
        double smallest = Arrays.stream(angles).min().orElse(0);
        double limit = largest - pairs.retention() * (largest - smallest);
        int[] apart = new int[rows];
        float[] common = new float[rows * columns];
        int alone = 0;
        for (int row = 0; row < rows; row++) {
            if (angles[row] > limit) {
                apart[alone++] = row;
            } else {
                direction(row, common, (row - alone) * columns);
            }
        }
        int sharing = rows - alone;
        apart = Arrays.copyOf(apart, alone);
        PairedRows.Shared shared =
                new PairedRows.Shared(rows, apart, sharing == 0 ? null : codec.encode(common, sharing, columns));
        return new PairedRows[] {layer(0, shared), layer(1, shared)};
    }

    /** Lengths and angle of a row; pi, which is beyond every limit, where there is no direction between the two. */
    private void measure(int row) {
        double dot = 0;
        double[] squares = new double[2];
        for (int at = row * columns; at < (row + 1) * columns; at++) {
            dot += (double) layers[0][at] * layers[1][at];
            squares[0] += (double) layers[0][at] * layers[0][at];
            squares[1] += (double) layers[1][at] * layers[1][at];
        }
        lengths[0][row] = Math.sqrt(squares[0]);
        lengths[1][row] = Math.sqrt(squares[1]);
        double product = lengths[0][row] * lengths[1][row];
        double angle = product == 0 ? Math.PI : Math.acos(Math.max(-1, Math.min(1, dot / product)));
        angles[row] = angle > 1 && Math.sin(angle) < STRAIGHT ? Math.PI : angle;
    }

    private void direction(int row, float[] target, int offset) {
        double angle = angles[row];
        double t = pairs.weight();
        boolean straight = Math.sin(angle) < STRAIGHT;
        double ofFirst = straight ? 1 - t : Math.sin((1 - t) * angle) / Math.sin(angle);
        double ofSecond = straight ? t : Math.sin(t * angle) / Math.sin(angle);
        for (int c = 0; c < columns; c++) {
            int at = row * columns + c;
            target[offset + c] =
                    (float) (ofFirst * layers[0][at] / lengths[0][row] + ofSecond * layers[1][at] / lengths[1][row]);
        }
    }

    private PairedRows layer(int layer, PairedRows.Shared shared) {
        int[] apart = shared.apart();
        float[] own = new float[apart.length * columns];
        float[] norms = new float[rows - apart.length];
        int alone = 0;
        for (int row = 0; row < rows; row++) {
            if (alone < apart.length && apart[alone] == row) {
                System.arraycopy(layers[layer], row * columns, own, alone++ * columns, columns);
            } else {
                norms[row - alone] = (float) lengths[layer][row];
            }
        }
        FloatRows rest = apart.length == 0 ? null : new FloatRows(apart.length, columns, own);
        return new PairedRows(layer == 0, shared, norms, rest);
    }
}
