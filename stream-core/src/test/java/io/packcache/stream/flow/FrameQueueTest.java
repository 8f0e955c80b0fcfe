package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameQueueTest {

    private final FramePool pool = new FramePool();
    private Epoch epoch = new Epoch(0);
    private long next;

    @Test
    void theOldestGivesWay() {
        FrameQueue<VideoFrame> queue = queue(2, OverflowStrategy.DROP_OLDEST);
        offer(queue, 3);
        assertThat(rest(queue)).containsExactly(1L, 2L);
        assertThat(queue.dropped()).isEqualTo(1);
        assertThat(pool.live()).isZero();
    }

    @Test
    void theNewestGivesWay() {
        FrameQueue<VideoFrame> queue = queue(2, OverflowStrategy.DROP_NEWEST);
        offer(queue, 3);
        assertThat(rest(queue)).containsExactly(0L, 1L);
        assertThat(pool.live()).isZero();
    }

    @Test
    void aQueueThatDropsNothingRefusesAndTheElementStaysTheCallers() {
        FrameQueue<VideoFrame> queue = queue(1, OverflowStrategy.FAIL);
        offer(queue, 1);
        VideoFrame more = picture();
        assertThat(queue.offer(more)).isFalse();
        more.release();
        assertThat(queue.clear()).isEqualTo(1);
        assertThat(pool.live()).isZero();
    }

    @Test
    void whatIsOutOfDateIsDroppedWhereverItStandsAndLeavesItsPlace() {
        FrameQueue<VideoFrame> queue = queue(4, OverflowStrategy.BACKPRESSURE);
        offer(queue, 2);
        Epoch old = epoch;
        epoch = new Epoch(1);
        offer(queue, 2);
        assertThat(queue.room()).isZero();
        old.end();
        assertThat(queue.room()).isEqualTo(2);
        assertThat(pool.live()).isEqualTo(2);
        epoch = old;
        offer(queue, 1);
        assertThat(rest(queue)).containsExactly(2L, 3L);
        assertThat(queue.dropped()).isEqualTo(3);
        assertThat(pool.live()).isZero();
    }

    @Test
    void theObserverLearnsWhyAndHowLong() {
        Map<FlowObserver.Drop, Long> drops = new EnumMap<>(FlowObserver.Drop.class);
        List<Long> waits = new ArrayList<>();
        FrameQueue<VideoFrame> queue = new FrameQueue<>(1, OverflowStrategy.DROP_OLDEST, new FlowObserver() {
            @Override
            public void dropped(Drop cause, long count) {
                drops.merge(cause, count, Long::sum);
            }

            @Override
            public void waited(long nanos) {
                waits.add(nanos);
            }
        });
        offer(queue, 2);
        assertThat(rest(queue)).containsExactly(1L);
        offer(queue, 1);
        queue.skip();
        offer(queue, 1);
        epoch.end();
        assertThat(rest(queue)).isEmpty();
        assertThat(drops)
                .containsOnly(
                        Map.entry(FlowObserver.Drop.OVERFLOW, 1L),
                        Map.entry(FlowObserver.Drop.LATE, 1L),
                        Map.entry(FlowObserver.Drop.OLD_EPOCH, 1L));
        assertThat(waits).singleElement().satisfies(wait -> assertThat(wait).isNotNegative());
    }

    @Test
    void aQueueOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue(0, OverflowStrategy.DROP_OLDEST))
                .withMessage("a queue holds at least 1 element, got 0");
    }

    /** Against a queue of the standard library: offer for numbers over 0, poll for 0, a new epoch for those under it. */
    @Property(tries = 300)
    void behavesAsAPlainQueueThatForgetsOldEpochs(
            @ForAll @IntRange(min = 1, max = 5) int capacity,
            @ForAll boolean dropOldest,
            @ForAll @Size(max = 60) List<@IntRange(min = -1, max = 4) Integer> moves) {
        FrameQueue<VideoFrame> queue =
                queue(capacity, dropOldest ? OverflowStrategy.DROP_OLDEST : OverflowStrategy.DROP_NEWEST);
        ArrayDeque<Long> model = new ArrayDeque<>();
        for (int move : moves) {
            if (move > 0) {
                long number = next;
                queue.offer(picture());
                if (model.size() < capacity) {
                    model.add(number);
                } else if (dropOldest) {
                    model.remove();
                    model.add(number);
                }
            } else if (move == 0) {
                try (VideoFrame polled = queue.poll()) {
                    assertThat(polled == null ? null : polled.pts()).isEqualTo(model.poll());
                }
            } else {
                epoch.end();
                epoch = new Epoch(epoch.number() + 1);
                model.clear();
            }
            assertThat(queue.size()).isEqualTo(model.size());
            assertThat(pool.live()).isEqualTo(model.size());
        }
        queue.clear();
        assertThat(pool.live()).isZero();
    }

    private static FrameQueue<VideoFrame> queue(int capacity, OverflowStrategy strategy) {
        return new FrameQueue<>(capacity, strategy, FlowObserver.NONE);
    }

    private void offer(FrameQueue<VideoFrame> queue, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(queue.offer(picture())).isTrue();
        }
    }

    private static List<Long> rest(FrameQueue<VideoFrame> queue) {
        List<Long> times = new ArrayList<>();
        for (VideoFrame picture = queue.poll(); picture != null; picture = queue.poll()) {
            times.add(picture.pts());
            picture.release();
        }
        return times;
    }

    private VideoFrame picture() {
        return pool.stamping(() -> epoch).take(1, 1, next++, new TimeBase(1, 12));
    }
}
