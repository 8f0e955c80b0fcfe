package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.ProbeAttention;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.score.Smoothing;
import io.packcache.kvcache.policy.share.Allocator;
import io.packcache.kvcache.policy.share.LayerPreference;
import java.util.Objects;

/**
 * CAKE (Qin et al., <a href="https://arxiv.org/abs/2503.12491">arXiv 2503.12491</a>): a token counts by mean plus variance of
 * the attention it gets; layers whose attention is spread out and moves get more, see {@link LayerPreference}.
 *
 * <p>Limits: the cascade, which bounds memory while a prompt is read layer by layer, has no counterpart when a frame is
 * committed to all layers at once. The authors tune temperatures by model; 1 is neutral.
 *
 * @param gamma weight of the variance over probes
 * @param dispersion temperature of the dispersion of attention
 * @param shift temperature of its shift
 * @param kernel tokens over which scores are averaged, odd
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens attended to now or by turns, more in restless layers",
        title = "CAKE",
        arxiv = "2503.12491",
        evidence = "rule read in the authors' code; temperatures are per model there")
public record Cake(
        @Allowed("a number, at least 0") double gamma,
        @Allowed("a number above 0") double dispersion,
        @Allowed("a number above 0") double shift,
        @Allowed("a whole number, odd and at least 1") int kernel,
        Keeping keeping)
        implements ScoredPolicy {

    public Cake {
        Limits.odd("kernel", kernel);
        Limits.require(gamma >= 0 && gamma < Double.POSITIVE_INFINITY, "gamma", gamma, "a number, at least 0");
        Limits.require(dispersion > 0, "dispersion", dispersion, "above 0");
        Limits.require(shift > 0, "shift", shift, "above 0");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** Gamma 200, temperatures 1, averages over five tokens. */
    public static Cake defaults() {
        return new Cake(200, 1, 1, 5, Keeping.defaults());
    }

    public Cake withGamma(double newGamma) {
        return new Cake(newGamma, dispersion, shift, kernel, keeping);
    }

    public Cake withDispersion(double newDispersion) {
        return new Cake(gamma, newDispersion, shift, kernel, keeping);
    }

    public Cake withShift(double newShift) {
        return new Cake(gamma, dispersion, newShift, kernel, keeping);
    }

    public Cake withKernel(int newKernel) {
        return new Cake(gamma, dispersion, shift, newKernel, keeping);
    }

    public Cake withKeeping(Keeping newKeeping) {
        return new Cake(gamma, dispersion, shift, kernel, newKeeping);
    }

    @Override
    public String name() {
        return "cake";
    }

    @Override
    public Scorer scorer() {
        return new ProbeAttention(gamma, Smoothing.AVERAGE, Smoothing.AVERAGE, kernel);
    }

    @Override
    public Allocator allocator() {
        return new LayerPreference(dispersion, shift);
    }
}
