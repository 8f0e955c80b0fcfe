package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;

/** A queue between a source and a receiver of different gait. Failures come after the pictures before them. */
public final class BoundedQueue implements Relay<VideoFrame, VideoFrame> {

    private final FrameQueue<VideoFrame> queue;
    private final int capacity;
    private final OverflowStrategy strategy;
    private boolean started;

    /**
     * Makes the state of one stream.
     *
     * @param capacity pictures that may wait, at least 1
     */
    public BoundedQueue(int capacity, OverflowStrategy strategy, FlowObserver observer) {
        this.queue = new FrameQueue<>(capacity, strategy, observer);
        this.capacity = capacity;
        this.strategy = strategy;
    }

    @Override
    public void take(VideoFrame picture, long now) {
        if (!queue.offer(picture)) {
            throw new QueueOverflowException(capacity, picture);
        }
    }

    @Override
    public VideoFrame poll(long now) {
        return queue.poll();
    }

    /** Nothing before the first demand; then what there is room for, or without limit if the queue drops. */
    @Override
    public long ask(long wanted, long owed) {
        started |= wanted > 0;
        if (!started || owed == Long.MAX_VALUE) {
            return 0;
        }
        return strategy == OverflowStrategy.BACKPRESSURE ? queue.room() - owed : Long.MAX_VALUE;
    }

    @Override
    public void fail() {}

    @Override
    public boolean isEmpty() {
        return queue.size() == 0;
    }

    @Override
    public void discard() {
        queue.clear();
    }
}
