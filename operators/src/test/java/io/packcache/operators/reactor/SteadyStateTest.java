package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.boundedQueue;
import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.CacheLease;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The whole chain on a model that does nothing: pictures of 192 KiB, four to a latent frame. */
class SteadyStateTest {

    private static final int SIDE = 256;
    private static final int PICTURE_BYTES = 3 * SIDE * SIDE;
    private static final int FRAMES = 2000;

    private final FramePool pool = new FramePool();

    @Test
    void noFrameAllocatesAnythingOfThePixelsSize() {
        run(FRAMES);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        long count = run(FRAMES);
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(count).isEqualTo(4L * FRAMES);
        assertThat(bytes / FRAMES).as("bytes allocated for each latent frame").isLessThan(PICTURE_BYTES / 4);
    }

    private long run(int count) {
        return Flux.range(0, count)
                .map(this::frame)
                .transform(packCache(new FullCache()))
                .transform(pictures())
                .transform(boundedQueue(4, OverflowStrategy.BACKPRESSURE))
                .doOnNext(VideoFrame::release)
                .count()
                .block();
    }

    private GeneratedFrame frame(int number) {
        List<VideoFrame> pictures = new ArrayList<>(4);
        for (int i = 0; i < 4; i++) {
            pictures.add(pool.take(SIDE, SIDE, 4L * number + i, new TimeBase(1, 12)));
        }
        FrameStatistics statistics = new FrameStatistics(1, new long[0], 1, 1, 0, 100, 100, 1000);
        return new GeneratedFrame(number, Epoch.NONE, false, new int[0], pictures, statistics, new NullLease());
    }

    private static final class NullLease implements CacheLease {

        @Override
        public CacheView view(Set<Signal> signals) {
            return new CacheView(new FrameGrid(1, 1, 0, 0), new CacheShape(1, 1, 2), 3, List.of(), 1);
        }

        @Override
        public Residency apply(CompactionPlan plan) {
            return new Residency(50, 500);
        }
    }
}
