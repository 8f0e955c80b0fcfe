package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.score.KeyShortness;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Key norm (Devoto et al., <a href="https://arxiv.org/abs/2406.11430">arXiv 2406.11430</a>): of each layer and head the
 * tokens with the shortest keys stay. Rotation does not change a key's length, so nothing is un-rotated.
 *
 * <p>Limits: the first layers, where the paper found no such relation, go by age; leaving them whole is not possible in a
 * bounded cache. Where keys pass a LayerNorm per head, as in Lumos-1, all are about equally long and the rule says next to
 * nothing: a warning is logged, once per process.
 *
 * @param skipLayers layers from the first on that go by age, at least 0
 * @param keeping what is not up to scores
 */
@Paper(
        keeps = "tokens with the shortest keys",
        title = "key norm (Knorm)",
        arxiv = "2406.11430",
        evidence = "rule read in kvpress, a third party's code; not run against the authors'")
public record KeyNorm(@Allowed("a whole number, at least 0") int skipLayers, Keeping keeping) implements ScoredPolicy {

    /** Spread of key lengths, relative to their mean, below which they say next to nothing. */
    private static final double FLAT = 0.05;

    private static final Logger LOG = LoggerFactory.getLogger(KeyNorm.class);
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    public KeyNorm {
        Limits.require(skipLayers >= 0, "skipLayers", skipLayers, "at least 0 layers");
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The first two layers go by age. */
    public static KeyNorm defaults() {
        return new KeyNorm(2, Keeping.defaults());
    }

    public KeyNorm withSkipLayers(int newSkipLayers) {
        return new KeyNorm(newSkipLayers, keeping);
    }

    public KeyNorm withKeeping(Keeping newKeeping) {
        return new KeyNorm(skipLayers, newKeeping);
    }

    @Override
    public String name() {
        return "keynorm";
    }

    @Override
    public Scorer scorer() {
        return new KeyShortness(skipLayers);
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        warning(view).filter(text -> WARNED.compareAndSet(false, true)).ifPresent(LOG::warn);
        return ScoredPolicy.super.plan(view, budget);
    }

    /** What to tell a user whose keys are all about equally long. */
    static Optional<String> warning(CacheView view) {
        double spread = spread(view);
        return spread >= FLAT
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "keynorm: keys of this model are all about equally long (their lengths spread by %.1f %%), as behind"
                                + " a LayerNorm; their length says next to nothing, consider packcache with withinFrame"
                                + " \"scored\", which goes by values",
                        100 * spread));
    }

    /** Standard deviation of the newest frame's key lengths relative to their mean, averaged over layers and heads. */
    private static double spread(CacheView view) {
        List<FrameView> history = view.historyNewestFirst();
        if (history.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        double sum = 0;
        for (int layer = 0; layer < view.shape().layers(); layer++) {
            for (int head = 0; head < view.shape().kvHeads(); head++) {
                sum += relativeDeviation(
                        view.signals().keyNorms(layer, head, history.get(0).frame()));
            }
        }
        return sum / view.shape().cells();
    }

    private static double relativeDeviation(float[] norms) {
        double mean = 0;
        double squares = 0;
        for (float norm : norms) {
            mean += (double) norm / norms.length;
        }
        for (float norm : norms) {
            squares += (norm - mean) * (norm - mean);
        }
        return mean == 0 ? 0 : Math.sqrt(squares / norms.length) / mean;
    }
}
