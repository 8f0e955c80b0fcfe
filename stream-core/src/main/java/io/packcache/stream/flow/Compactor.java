package io.packcache.stream.flow;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.session.CacheLease;
import io.packcache.stream.session.GeneratedFrame;
import java.util.Objects;
import java.util.function.Supplier;

/** What a compacting operator does with each frame: ask the policy, apply its plan through the lease, count. */
public final class Compactor implements Passing<GeneratedFrame> {

    private final CompactionPolicy policy;
    private final Supplier<Budget> budget;

    /**
     * @param policy decides what stays
     * @param budget asked before each compaction; may answer differently each time
     */
    public Compactor(CompactionPolicy policy, Supplier<Budget> budget) {
        this.policy = Objects.requireNonNull(policy, "policy");
        this.budget = Objects.requireNonNull(budget, "budget");
    }

    /**
     * Compacts the cache behind a frame. With a policy that moves frames into tiers it waits while host memory is full and the
     * disk is behind, so that no demand passes before there is room.
     *
     * @return the same frame with the statistics of the compaction; on an exception the frame is still the caller's
     * @throws IllegalStateException if the frame's lease has ended
     */
    @Override
    public GeneratedFrame pass(GeneratedFrame frame) {
        long started = System.nanoTime();
        CacheLease lease = frame.lease();
        if (!policy.tiers().isNone()) {
            lease.archive(policy.tiers());
        }
        CompactionPlan plan = policy.plan(lease.view(policy.signals()), budget.get());
        CacheLease.Residency left = lease.apply(plan);
        return frame.withStatistics(frame.statistics().compacted(System.nanoTime() - started, left));
    }
}
