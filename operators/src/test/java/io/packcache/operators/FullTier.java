package io.packcache.operators;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.tier.TierSettings;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.session.CacheLease;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.Threads;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Host memory that is full before a disk that is behind: who moves a frame there waits until the disk has caught up. */
public final class FullTier {

    /** Moves every frame away. */
    public static final CompactionPolicy ARCHIVING = new CompactionPolicy() {

        @Override
        public String name() {
            return "archiving";
        }

        @Override
        public TierSettings tiers() {
            return TierSettings.unlimitedHost();
        }

        @Override
        public CompactionPlan plan(CacheView view, Budget budget) {
            return new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(), 0);
        }
    };

    private final CountDownLatch waitedFor = new CountDownLatch(1);
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    /** A frame whose cache leads to this tier. */
    public GeneratedFrame frame(long number) {
        FrameStatistics statistics = new FrameStatistics(1, new long[0], 1, 1, 0, 100, 100, 1000);
        return new GeneratedFrame(number, new Epoch(0), false, new int[0], List.of(), statistics, new Lease());
    }

    /** Returns once somebody waits for the disk. */
    public void awaitWaiting() {
        Threads.await(waitedFor);
    }

    /** Lets everybody go on, from now on. */
    public void catchUp() {
        caughtUp.countDown();
    }

    private final class Lease implements CacheLease {

        @Override
        public CacheView view(Set<Signal> signals) {
            return new CacheView(new FrameGrid(1, 1, 0, 0), new CacheShape(1, 1, 2), 3, List.of(), 1);
        }

        @Override
        public void archive(TierSettings tiers) {
            waitedFor.countDown();
            Threads.await(caughtUp);
        }

        @Override
        public Residency apply(CompactionPlan plan) {
            return new Residency(50, 500);
        }
    }
}
