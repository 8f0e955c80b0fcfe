package io.packcache.kvcache.policy;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import java.util.Objects;
import java.util.Set;

/**
 * MiniCache (Liu et al., <a href="https://arxiv.org/abs/2405.14366">arXiv 2405.14366</a>): in the deeper layers two
 * neighbours share one direction for each key and value and keep their own lengths; tokens that differ most stay as they
 * are. See {@link io.packcache.kvcache.codec.LayerMerge}.
 *
 * <p>Half of the layers by default, so at most a quarter of the bytes is saved; with a codec for the directions
 * ({@code minicache+int4}) much more.
 *
 * <p>Limits: the newest frames, text and conditioning frames stay raw (the paper merges them too). Both layers of a pair must
 * keep the same tokens: a base that chooses by layer is refused by its first plan that differs between them.
 *
 * @param base what stays
 * @param depth share of the layers, from the first on, that are not paired
 * @param weight where the shared direction lies between the two layers, 0 the first's and 1 the second's
 * @param retention tokens whose angle is within this share of the largest stay apart
 * @param recent newest frames that stay raw
 * @param codec how shared directions, and the rows of layers without a partner, are stored: a name of {@link Codecs}
 */
@Paper(
        keeps = "as its base, two deep layers as one",
        title = "MiniCache",
        arxiv = "2405.14366",
        evidence = "the paper's summary; its constants from memory, not checked")
public record MiniCache(
        CompactionPolicy base,
        @Allowed("a number from 0 to 1") double depth,
        @Allowed("a number from 0 to 1") double weight,
        @Allowed("a number from 0 to 1") double retention,
        @Allowed("a whole number, at least 0") int recent,
        String codec)
        implements CompactionPolicy {

    public MiniCache {
        Objects.requireNonNull(base, "base");
        Limits.require(depth >= 0 && depth <= 1, "depth", depth, "from 0 to 1");
        Limits.require(weight >= 0 && weight <= 1, "weight", weight, "from 0 to 1");
        Limits.require(retention >= 0 && retention <= 1, "retention", retention, "from 0 to 1");
        Limits.require(recent >= 0, "recent", recent, "at least 0 frames");
        Limits.require(Codecs.names().contains(codec), "codec", codec, "one of " + String.join(", ", Codecs.names()));
    }

    /** PackCache, the deeper half in pairs, weight 0.6, retention 0.05, the newest frame raw, directions as they are. */
    public static MiniCache defaults() {
        return new MiniCache(PackCache.defaults(), 0.5, 0.6, 0.05, 1, "float32");
    }

    public MiniCache withBase(CompactionPolicy newBase) {
        return new MiniCache(newBase, depth, weight, retention, recent, codec);
    }

    public MiniCache withDepth(double newDepth) {
        return new MiniCache(base, newDepth, weight, retention, recent, codec);
    }

    public MiniCache withRetention(double newRetention) {
        return new MiniCache(base, depth, weight, newRetention, recent, codec);
    }

    public MiniCache withCodec(String newCodec) {
        return new MiniCache(base, depth, weight, retention, recent, newCodec);
    }

    @Override
    public String name() {
        return "minicache";
    }

    @Override
    public Set<Signal> signals() {
        return base.signals();
    }

    @Override
    public TierSettings tiers() {
        return base.tiers();
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        int first = (int) Math.ceil(depth * view.shape().layers());
        Encoding paired =
                new Encoding(Codecs.keys(codec), Codecs.values(codec), new LayerPairs(first, weight, retention));
        return ByAge.change(
                base.plan(view, budget), view, (frame, held, age) -> age < recent ? frame : frame.withEncoding(paired));
    }
}
