package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;

/** A queue between a source and a receiver of different gait. Failures come after the pictures before them. */
public final class BoundedQueue extends QueueRelay {

    private final OverflowStrategy strategy;

    /**
     * Makes the state of one stream.
     *
     * @param capacity pictures that may wait, at least 1
     */
    public BoundedQueue(int capacity, OverflowStrategy strategy, FlowObserver observer) {
        super(capacity, strategy, observer);
        this.strategy = strategy;
    }

    @Override
    public VideoFrame poll(long now) {
        return queue.poll();
    }

    /** A queue that drops takes whatever comes. */
    @Override
    long more(long owed) {
        if (strategy == OverflowStrategy.BACKPRESSURE) {
            return super.more(owed);
        }
        return owed == Long.MAX_VALUE ? 0 : Long.MAX_VALUE;
    }
}
