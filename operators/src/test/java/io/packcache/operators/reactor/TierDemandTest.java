package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** What a tier that is full does to demand. */
class TierDemandTest {

    private final CountDownLatch caughtUp = new CountDownLatch(1);

    @Test
    @Timeout(60)
    void noDemandPassesBeforeTheWriterOfAFullTierHasCaughtUp() throws InterruptedException {
        ManualSource<GeneratedFrame> source = new ManualSource<>();
        BaseSubscriber<GeneratedFrame> receiver = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(GeneratedFrame frame) {
                frame.release();
                request(1);
            }
        };
        source.transform(packCache(new Archiving())).subscribe(receiver);
        Thread session = new Thread(() -> source.next(frame()));
        session.start();
        while (session.getState() != Thread.State.WAITING && session.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(source.requested).as("demand while the tier is behind").hasValue(1);

        caughtUp.countDown();
        session.join();
        assertThat(source.requested).hasValue(2);
    }

    private GeneratedFrame frame() {
        FrameStatistics statistics = new FrameStatistics(1, new long[0], 1, 1, 0, 100, 100, 1000);
        return new GeneratedFrame(0, new Epoch(0), false, new int[0], List.of(), statistics, new SlowTier());
    }

    private static final class Archiving implements CompactionPolicy {

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
    }

    private final class SlowTier implements CacheLease {

        @Override
        public CacheView view(Set<Signal> signals) {
            return new CacheView(new FrameGrid(1, 1, 0, 0), new CacheShape(1, 1, 2), 3, List.of(), 1);
        }

        @Override
        public void archive(TierSettings tiers) {
            Threads.await(caughtUp);
        }

        @Override
        public Residency apply(CompactionPlan plan) {
            return new Residency(50, 500);
        }
    }
}
