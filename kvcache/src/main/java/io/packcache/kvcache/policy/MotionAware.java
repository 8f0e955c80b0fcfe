package io.packcache.kvcache.policy;

import io.packcache.kvcache.policy.score.Motion;
import io.packcache.kvcache.policy.score.Scorer;
import java.util.Objects;

/**
 * Of older frames those tokens stay that differ most from what was seen later at the same place: a still background is
 * kept once, in the newest frame, and the room goes to what moved.
 *
 * <p>Limits: difference is measured in value vectors of each layer and head; a camera that pans makes everything move.
 *
 * @param keeping what is not up to scores
 */
@Paper(keeps = "what later frames do not show at the same place", title = "no paper", evidence = "defined here")
public record MotionAware(Keeping keeping) implements ScoredPolicy {

    public MotionAware {
        Objects.requireNonNull(keeping, "keeping");
    }

    /** The usual keeping. */
    public static MotionAware defaults() {
        return new MotionAware(Keeping.defaults());
    }

    public MotionAware withKeeping(Keeping newKeeping) {
        return new MotionAware(newKeeping);
    }

    @Override
    public String name() {
        return "motion";
    }

    @Override
    public Scorer scorer() {
        return new Motion();
    }
}
