package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** Length of a token's value vector: what it can add to the output at most. */
public record ValueNorm() implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.VALUE_NORM);
    }

    @Override
    public float[] scores(Cell cell) {
        return cell.joined(frame -> cell.signals().valueNorms(cell.layer(), cell.head(), frame));
    }
}
