package io.packcache.kvcache;

import io.packcache.kvcache.plan.Signals;

/** Which codes of a frame are probes: up to {@link Signals#MOST_PROBES} on an even grid, the middles of equal patches. */
final class ProbeGrid {

    private ProbeGrid() {}

    /** Content indices, ascending. */
    static int[] places(FrameGrid grid) {
        int most = Signals.MOST_PROBES;
        int down = (int) Math.sqrt((double) most * grid.rows() / grid.columns());
        down = Math.min(grid.rows(), Math.min(most, Math.max(1, down)));
        int across = Math.min(grid.columns(), most / down);
        int[] places = new int[down * across];
        for (int i = 0; i < places.length; i++) {
            int row = (2 * (i / across) + 1) * grid.rows() / (2 * down);
            int column = (2 * (i % across) + 1) * grid.columns() / (2 * across);
            places[i] = row * (grid.columns() + 1) + column;
        }
        return places;
    }
}
