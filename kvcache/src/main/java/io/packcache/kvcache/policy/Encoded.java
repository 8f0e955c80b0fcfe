package io.packcache.kvcache.policy;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A wrapper that stores what another policy keeps in fewer bits the older it is: so a curve over age may hand out bits
 * instead of tokens. The newest frame is stored as the first codec says, the one before it as the second, all older ones
 * as the last; text and conditioning frames stay raw.
 *
 * <p>Limits: a frame that changes codec is decoded and encoded again, so each step adds its error; bits once given up do not
 * return. Budgets count tokens, whatever bits they have.
 *
 * @param base what stays
 * @param keys codecs of keys by age, newest first, {@value #RAW} or a name of {@link Codecs}; at least one
 * @param values codecs of values, as {@code keys}
 */
@Paper(
        keeps = "as its base, in fewer bits the older",
        title = "after KIVI",
        arxiv = "2402.02750",
        evidence = "the rule that newest tokens stay raw is KIVI's; codecs by age are ours")
public record Encoded(CompactionPolicy base, List<String> keys, List<String> values) implements CompactionPolicy {

    /** Stands for no codec. */
    public static final String RAW = "raw";

    private static final String UNCHANGED = "float32";

    public Encoded {
        Objects.requireNonNull(base, "base");
        keys = checked("keys", keys);
        values = checked("values", values);
    }

    /** PackCache, the newest frame raw, older ones in two bits. */
    public static Encoded defaults() {
        return new Encoded(PackCache.defaults(), List.of(RAW, "int2"), List.of(RAW, "int2"));
    }

    public Encoded withBase(CompactionPolicy newBase) {
        return new Encoded(newBase, keys, values);
    }

    /** The same codecs for keys and values. */
    public Encoded withCodecs(List<String> newCodecs) {
        return new Encoded(base, newCodecs, newCodecs);
    }

    @Override
    public String name() {
        return "encoded";
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
        return ByAge.change(base.plan(view, budget), view, (frame, held, age) -> {
            int step = Math.max(age, held == null ? 0 : reached(held.encoding()));
            return frame.withEncoding(encoding(step));
        });
    }

    /** The first age that is stored like this; 0 if none is. */
    private int reached(Encoding encoding) {
        int steps = Math.max(keys.size(), values.size());
        return IntStream.range(0, steps)
                .filter(step -> encoding(step).equals(encoding))
                .findFirst()
                .orElse(0);
    }

    private Encoding encoding(int age) {
        String ofKeys = keys.get(Math.min(age, keys.size() - 1));
        String ofValues = values.get(Math.min(age, values.size() - 1));
        return ofKeys.equals(RAW) && ofValues.equals(RAW)
                ? Encoding.RAW
                : new Encoding(
                        Codecs.keys(ofKeys.equals(RAW) ? UNCHANGED : ofKeys),
                        Codecs.values(ofValues.equals(RAW) ? UNCHANGED : ofValues));
    }

    static List<String> checked(String setting, List<String> codecs) {
        Limits.require(!codecs.isEmpty(), setting, codecs, "at least one codec");
        for (String codec : codecs) {
            boolean known = codec.equals(RAW) || Codecs.names().contains(codec);
            Limits.require(known, setting, codec, RAW + " or one of " + String.join(", ", Codecs.names()));
        }
        return List.copyOf(codecs);
    }
}
