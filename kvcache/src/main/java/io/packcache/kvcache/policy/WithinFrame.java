package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.score.ValueNorm;
import java.util.Optional;

/** Which tokens of a frame stay when its share is smaller than what it holds. */
public sealed interface WithinFrame {

    /** An even cover of the picture, whatever the tokens say. */
    WithinFrame EVEN = new Even();

    /** The tokens whose value vectors are longest. */
    WithinFrame SCORED = new LongestValues();

    /** The tokens that another policy scores highest. */
    static WithinFrame by(ScoredPolicy policy) {
        return new By(policy);
    }

    /** What scores the tokens; nothing for an even cover. */
    Optional<Scorer> scorer();

    /** See {@link #EVEN}. */
    record Even() implements WithinFrame {
        @Override
        public Optional<Scorer> scorer() {
            return Optional.empty();
        }
    }

    /** See {@link #SCORED}. */
    record LongestValues() implements WithinFrame {
        @Override
        public Optional<Scorer> scorer() {
            return Optional.of(new ValueNorm());
        }
    }

    /**
     * See {@link #by}.
     *
     * @param policy only its scorer is used
     */
    record By(ScoredPolicy policy) implements WithinFrame {
        @Override
        public Optional<Scorer> scorer() {
            return Optional.of(policy.scorer());
        }
    }
}
