package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;

/** A relay whose pictures wait in one queue: nothing is asked for before the first demand, and then what there is room for. */
abstract class QueueRelay implements Relay<VideoFrame, VideoFrame> {

    final FrameQueue<VideoFrame> queue;
    private final int capacity;
    private boolean started;

    QueueRelay(int capacity, OverflowStrategy strategy, FlowObserver observer) {
        this.queue = new FrameQueue<>(capacity, strategy, observer);
        this.capacity = capacity;
    }

    @Override
    public final void take(VideoFrame picture, long now) {
        if (!queue.offer(picture)) {
            throw new QueueOverflowException(capacity, picture);
        }
    }

    @Override
    public final long ask(long wanted, long owed) {
        started |= wanted > 0;
        return started ? more(owed) : 0;
    }

    /** How many to ask for once the stream has started. */
    long more(long owed) {
        return queue.room() - owed;
    }

    /** What waits still goes out before the failure. */
    @Override
    public void fail() {}

    @Override
    public final boolean isEmpty() {
        return queue.size() == 0;
    }

    @Override
    public void discard() {
        queue.clear();
    }
}
