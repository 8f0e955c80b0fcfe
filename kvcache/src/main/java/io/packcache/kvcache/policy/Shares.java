package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.share.FrameShares;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How PackCache divides its budget among frames.
 *
 * @param rho decay of the share from frame to frame
 * @param window generated frames within reach, W, at least 1
 * @param layerWindows reach by depth, from the first layer to the last, each from 1 to {@code window}; fewer entries than
 *     layers stand for equal stretches of them, none for {@code window} throughout. Every layer has the whole budget
 * @param historyBudget content tokens of all generated frames together
 * @param newestWhole whether the newest frame keeps all it can, and only what is left is shared among older ones
 * @param minimumShare part of the shared tokens that each frame gets at least, from 0 to 1 / window
 */
public record Shares(
        Decay rho,
        int window,

        @Allowed("a list of whole numbers, each from 1 to window")
        List<Integer> layerWindows,

        HistoryBudget historyBudget,
        boolean newestWhole,
        @Allowed("a number from 0 to 1 / window") double minimumShare) {

    public Shares {
        Objects.requireNonNull(rho, "rho");
        Limits.window(window);
        layerWindows = List.copyOf(layerWindows);
        for (int reach : layerWindows) {
            Limits.require(
                    reach >= 1 && reach <= window, "layerWindows", reach, "from 1 to window, which is " + window);
        }
        Objects.requireNonNull(historyBudget, "historyBudget");
        Limits.require(
                minimumShare >= 0 && minimumShare * window <= 1,
                "minimumShare",
                minimumShare,
                "from 0 to 1 / window (window is " + window + ")");
    }

    public Shares withRho(Decay newRho) {
        return new Shares(newRho, window, layerWindows, historyBudget, newestWhole, minimumShare);
    }

    public Shares withWindow(int newWindow) {
        return new Shares(rho, newWindow, layerWindows, historyBudget, newestWhole, minimumShare);
    }

    public Shares withLayerWindows(List<Integer> newLayerWindows) {
        return new Shares(rho, window, newLayerWindows, historyBudget, newestWhole, minimumShare);
    }

    public Shares withHistoryBudget(HistoryBudget newBudget) {
        return new Shares(rho, window, layerWindows, newBudget, newestWhole, minimumShare);
    }

    public Shares withNewestWhole(boolean newNewestWhole) {
        return new Shares(rho, window, layerWindows, historyBudget, newNewestWhole, minimumShare);
    }

    public Shares withMinimumShare(double newMinimumShare) {
        return new Shares(rho, window, layerWindows, historyBudget, newestWhole, newMinimumShare);
    }

    /** Frames within reach of a layer. */
    int reach(int layer, int layers) {
        return layerWindows.isEmpty() ? window : layerWindows.get(layer * layerWindows.size() / layers);
    }

    /**
     * Tokens of each frame in one layer, newest first; they sum to {@code tokens}, or to all there is within reach.
     *
     * @param caps what each frame holds
     */
    int[] quotas(long tokens, int[] caps, double decay, int reach) {
        int[] quotas = new int[caps.length];
        int whole = newestWhole ? 1 : 0;
        if (newestWhole) {
            quotas[0] = (int) Math.min(tokens, caps[0]);
        }
        int[] older = Arrays.copyOfRange(caps, whole, Math.max(whole, Math.min(reach, caps.length)));
        double[] shares = FrameShares.geometric(decay, reach, 1 + whole, older.length, minimumShare);
        System.arraycopy(FrameShares.divide(tokens - quotas[0], shares, older), 0, quotas, whole, older.length);
        return quotas;
    }
}
