package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.Signal;
import java.util.Arrays;
import java.util.Set;

/** What a frame gets relative to the next newer one, rho: a number, or fitted to the attention the newest frame pays. */
public sealed interface Decay {

    /** Fitted to the mean over layers. */
    Decay FIT = new Fitted(false);

    /** Fitted to each layer by itself. */
    Decay FIT_BY_LAYER = new Fitted(true);

    /** The same at all times. */
    static Decay of(double rho) {
        return new Fixed(rho);
    }

    /** What {@link #byLayer} reads of the view. */
    Set<Signal> signals();

    /** One rho per layer, above 0, at most 1. */
    double[] byLayer(CacheView view);

    /**
     * A number.
     *
     * @param rho above 0, at most 1
     */
    record Fixed(double rho) implements Decay {
        public Fixed {
            Limits.require(rho > 0 && rho <= 1, "rho", rho, "above 0 and at most 1");
        }

        @Override
        public Set<Signal> signals() {
            return Set.of();
        }

        @Override
        public double[] byLayer(CacheView view) {
            double[] layers = new double[view.shape().layers()];
            Arrays.fill(layers, rho);
            return layers;
        }
    }

    /**
     * Fitted anew at each compaction, see {@link DecayFit}.
     *
     * @param layers whether each layer by itself
     */
    record Fitted(boolean layers) implements Decay {
        @Override
        public Set<Signal> signals() {
            return Set.of(Signal.MASS_BY_DISTANCE);
        }

        @Override
        public double[] byLayer(CacheView view) {
            return layers ? DecayFit.byLayer(view) : DecayFit.together(view);
        }
    }
}
