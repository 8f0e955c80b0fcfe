package io.packcache.examples.lab;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.Transformer;
import java.util.HashSet;
import java.util.Set;

/**
 * How likely a model finds the true codes of a clip while its history is the truth, compacted by a policy: the plainest
 * measure of what a policy forgets.
 */
public final class TeacherForcing {

    private TeacherForcing() {}

    /** Told of each compaction, before it is carried out. */
    public interface Observer {

        /**
         * @param view with the signals of the policy and those of {@link #signals}
         * @param plan what the policy makes of it
         */
        void compacting(CacheView view, CompactionPlan plan);

        /**
         * Told after each compaction.
         *
         * @param heldBytes bytes that the cache holds, see {@link MaskedDecoder#usedBytes}
         */
        default void compacted(long heldBytes) {}

        /** What the observer must be told beyond what the policy is. */
        default Set<Signal> signals() {
            return Set.of();
        }
    }

    /**
     * Scores every frame with all its codes masked, against the true frames before it as the policy left them.
     *
     * @param clip prompt, geometry and how history is stored; at guidance 1, since only the guided branch is scored
     * @param codes true codes, shape (latent frames, codes of a frame)
     * @return natural logarithm of the probability of each true code, same shape
     */
    public static float[][] score(
            Transformer transformer, ModelConfig config, Clip clip, int[][] codes, CompactionPolicy policy) {
        return score(transformer, config, clip, codes, policy, Allowance.OWN, (view, plan) -> {});
    }

    /** The same within another budget, with somebody watching. */
    public static float[][] score(
            Transformer transformer,
            ModelConfig config,
            Clip clip,
            int[][] codes,
            CompactionPolicy policy,
            Allowance allowance,
            Observer observer) {
        Set<Signal> signals = new HashSet<>(policy.signals());
        signals.addAll(observer.signals());
        float[][] scores = new float[codes.length][];
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            if (!policy.tiers().isNone()) {
                decoder.archive(policy.tiers());
            }
            for (int frame = 0; frame < codes.length; frame++) {
                decoder.begin(frame);
                scores[frame] = decoder.score(codes[frame]);
                decoder.commit(codes[frame]);
                CacheView view = decoder.view(signals);
                CompactionPlan plan = policy.plan(view, allowance.of(policy, view));
                observer.compacting(view, plan);
                decoder.apply(plan);
                observer.compacted(decoder.usedBytes());
            }
        }
        return scores;
    }
}
