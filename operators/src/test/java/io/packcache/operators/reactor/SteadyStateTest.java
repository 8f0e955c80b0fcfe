package io.packcache.operators.reactor;

import static io.packcache.operators.reactor.PackcacheFlux.boundedQueue;
import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.pictures;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The whole chain on a model that does nothing: pictures of 192 KiB, four to a latent frame. */
class SteadyStateTest {

    private static final int SIDE = 256;
    private static final int PICTURE_BYTES = 3 * SIDE * SIDE;
    private static final int FRAMES = 2000;

    private final HandmadeFrames frames = new HandmadeFrames(SIDE);

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
                .map(i -> frames.next(4))
                .transform(packCache(new FullCache()))
                .transform(pictures())
                .transform(boundedQueue(4, OverflowStrategy.BACKPRESSURE))
                .doOnNext(VideoFrame::release)
                .count()
                .block();
    }
}
