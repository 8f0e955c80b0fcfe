package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/** Attention a token has received since it entered, divided by the query rows that could see it. */
public record ObservedMass() implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of(Signal.ATTENTION_MASS);
    }

    @Override
    public float[] scores(Cell cell) {
        return cell.joined(frame -> cell.signals().attentionMass(cell.layer(), cell.head(), frame));
    }
}
