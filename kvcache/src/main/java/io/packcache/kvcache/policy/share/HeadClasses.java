package io.packcache.kvcache.policy.share;

import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Highest;
import io.packcache.kvcache.policy.score.Probes;
import java.util.Arrays;
import java.util.List;

/**
 * Two classes of heads. A head is structural if the attention a token gets varies strongly from query to query (diagonal
 * maps), contextual if it is much the same for all of them (column maps): those with the highest mean variance, over the
 * whole model, are structural.
 *
 * <p>As an allocator contextual heads get {@code contextual} of the even share, and structural heads what that leaves.
 */
public final class HeadClasses implements Allocator {

    private final boolean[] structural;
    private final double contextual;

    private HeadClasses(boolean[] structural, double contextual) {
        this.structural = structural;
        this.contextual = contextual;
    }

    /**
     * Classes by probe attention.
     *
     * @param cells all cells, layer by layer, heads in order
     * @param share share of all cells that are structural, 0 to 1
     * @param contextual what a contextual head gets, relative to an even share, 0 to 1
     */
    public static HeadClasses of(List<Cell> cells, double share, double contextual) {
        float[] variance = new float[cells.size()];
        for (int i = 0; i < variance.length; i++) {
            variance[i] = variance(cells.get(i));
        }
        boolean[] structural = new boolean[variance.length];
        Arrays.stream(Highest.of(variance, (int) Math.round(share * variance.length)))
                .forEach(cell -> structural[cell] = true);
        return new HeadClasses(structural, contextual);
    }

    /** Whether a cell's head is structural. */
    public boolean structural(Cell cell) {
        return structural[cell.layer() * cell.view().shape().kvHeads() + cell.head()];
    }

    @Override
    public int[] quotas(List<Contest> contests, long total) {
        int few = 0;
        for (boolean rich : structural) {
            few += rich ? 0 : 1;
        }
        double rest = structural.length - few * contextual;
        double[] weights = new double[structural.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = structural[i] ? rest / (structural.length - few) : contextual;
        }
        return Quotas.divide(total, weights, Quotas.caps(contests));
    }

    private static float variance(Cell cell) {
        Probes probes = Probes.of(cell);
        double sum = 0;
        for (int token = 0; token < cell.tokens(); token++) {
            for (int query = 0; query < probes.group(); query++) {
                sum += probes.variance(query, token);
            }
        }
        return (float) (sum / Math.max(1, cell.tokens()));
    }
}
