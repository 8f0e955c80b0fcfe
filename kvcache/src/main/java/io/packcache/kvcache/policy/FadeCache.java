package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Memory that fades in bits before it fades in tokens: the newest frame stays raw and whole, older ones are stored in few
 * bits, so that many more of them fit into the same bytes than {@link PackCache} keeps raw. Only when the budget of tokens
 * is reached do tokens leave, first those that show what a later frame shows at the same place, see {@link MotionAware}.
 *
 * <p>Limits: saves bytes, and tokens only beyond the budget, so a frame costs more time than under PackCache at equal
 * bytes. By default the budget holds all tokens within reach: a window whose older frames are in few bits.
 *
 * @param keeping how many tokens stay, of how many frames; one frame of tokens is the newest one, raw
 * @param codecs by age, newest first, as in {@link Encoded}
 */
@Paper(
        keeps = "many frames in few bits, of old ones what moved",
        title = "no paper",
        evidence = "defined here; measured in examples/lab")
public record FadeCache(Keeping keeping, List<String> codecs) implements CompactionPolicy {

    public FadeCache {
        Objects.requireNonNull(keeping, "keeping");
        codecs = Encoded.checked("codecs", codecs);
    }

    /** Six frames within reach, all their tokens, the newest raw and the others in four bits: PackCache's bytes. */
    public static FadeCache defaults() {
        return new FadeCache(
                Keeping.defaults()
                        .withHistoryBudget(new HistoryBudget.Frames(6))
                        .withWindow(6),
                List.of(Encoded.RAW, "int4"));
    }

    public FadeCache withKeeping(Keeping newKeeping) {
        return new FadeCache(newKeeping, codecs);
    }

    public FadeCache withCodecs(List<String> newCodecs) {
        return new FadeCache(keeping, newCodecs);
    }

    @Override
    public String name() {
        return "fade";
    }

    @Override
    public Set<Signal> signals() {
        return new MotionAware(keeping).signals();
    }

    @Override
    public CompactionPlan plan(CacheView view, Budget budget) {
        return new Encoded(new MotionAware(keeping), codecs, codecs).plan(view, budget);
    }
}
