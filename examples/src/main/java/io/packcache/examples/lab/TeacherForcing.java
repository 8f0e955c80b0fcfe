package io.packcache.examples.lab;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.Transformer;

/**
 * How likely a model finds the true codes of a clip while its history is the truth, compacted by a policy: the plainest
 * measure of what a policy forgets.
 */
public final class TeacherForcing {

    private TeacherForcing() {}

    /**
     * Scores every frame with all its codes masked, against the true frames before it as the policy left them.
     *
     * @param clip prompt, geometry and how history is stored; at guidance 1, since only the guided branch is scored
     * @param codes true codes, shape (latent frames, codes of a frame)
     * @return natural logarithm of the probability of each true code, same shape
     */
    public static float[][] score(
            Transformer transformer, ModelConfig config, Clip clip, int[][] codes, CompactionPolicy policy) {
        float[][] scores = new float[codes.length][];
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            for (int frame = 0; frame < codes.length; frame++) {
                decoder.begin(frame);
                scores[frame] = decoder.score(codes[frame]);
                decoder.commit(codes[frame]);
                decoder.apply(policy.plan(decoder.view(policy.signals()), Budget.unlimited()));
            }
        }
        return scores;
    }
}
