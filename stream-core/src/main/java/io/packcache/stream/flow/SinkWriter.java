package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Drives one {@link FrameSink} on a thread of its own, fed through a bounded queue, and closes it exactly once however
 * the stream ends.
 *
 * <p>What was queued before {@link #complete} or {@link #fail} is still written; what is queued at {@link #cancel}, or
 * when the sink fails, is released. The thread starts with {@link #start} and ends when the sink is closed. A picture for
 * which there was no room ends the writing like a failure of the source. Thread-safe.
 */
public final class SinkWriter implements Drain {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final FrameSink sink;
    private final int capacity;
    private final OverflowStrategy strategy;
    private final FlowObserver observer;
    private final Listener<WriteSummary> listener;

    private final FrameQueue<VideoFrame> queue;
    private boolean ended;
    private boolean cancelled;
    private Throwable failure;
    private long written;
    private long refused;
    private long places;

    /**
     * Makes a writer that has not started.
     *
     * @param sink where the pictures go; this writer closes it
     * @param capacity pictures that may wait, at least 1; with {@link OverflowStrategy#BACKPRESSURE} the one being written
     *     counts too
     * @param strategy what a full queue does with one more
     */
    public SinkWriter(
            FrameSink sink,
            int capacity,
            OverflowStrategy strategy,
            FlowObserver observer,
            Listener<WriteSummary> listener) {
        this.sink = Objects.requireNonNull(sink, "sink");
        this.queue = new FrameQueue<>(capacity, strategy, observer);
        this.capacity = capacity;
        this.strategy = strategy;
        this.observer = observer;
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /** Starts the sink's thread, which alone closes it. */
    @Override
    public void start() {
        new Thread(this::run, "packcache-sink-" + COUNT.incrementAndGet()).start();
        tellRoom();
    }

    @Override
    public void offer(VideoFrame picture) {
        boolean overflow;
        synchronized (this) {
            overflow = !ended && !queue.offer(picture);
            if (!ended && !overflow) {
                notifyAll();
                picture = null;
            } else {
                refused++;
            }
        }
        if (picture == null) {
            tellRoom();
            return;
        }
        picture.release();
        if (overflow) {
            fail(new QueueOverflowException(capacity, picture));
            listener.refused();
        } else {
            observer.dropped(FlowObserver.Drop.SINK_ENDED, 1);
        }
    }

    @Override
    public void complete() {
        end(null, false);
    }

    @Override
    public void fail(Throwable cause) {
        end(cause, false);
    }

    @Override
    public void cancel() {
        end(null, true);
    }

    @Override
    public void abort(Throwable cause) {
        end(cause, true);
    }

    private synchronized void end(Throwable cause, boolean atOnce) {
        if (!ended && cause != null) {
            addFailure(cause);
        }
        ended = true;
        cancelled |= atOnce;
        notifyAll();
    }

    private void run() {
        long started = System.nanoTime();
        try {
            for (VideoFrame picture = take(); picture != null; picture = take()) {
                sink.write(picture);
                countWritten();
                tellRoom();
            }
        } catch (Exception | Error e) {
            addFailure(e);
            cancel();
            listener.refused();
        }
        releaseRest();
        try {
            sink.close();
        } catch (Exception | Error e) {
            addFailure(e);
        }
        tellEnd(Duration.ofNanos(System.nanoTime() - started));
    }

    /** The next picture to write, once there is one; null at the end. */
    private synchronized VideoFrame take() {
        boolean interrupted = false;
        while (queue.size() == 0 && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Only the end of the stream ends this thread, or the sink would stay open.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return cancelled ? null : queue.poll();
    }

    private synchronized void countWritten() {
        written++;
    }

    /** Places once told are not told again; one is free again when its picture was written or dropped. */
    private void tellRoom() {
        long more;
        synchronized (this) {
            boolean bounded = strategy == OverflowStrategy.BACKPRESSURE;
            more = bounded ? capacity + written + queue.dropped() - places : Long.MAX_VALUE - places;
            places += more;
        }
        if (more > 0) {
            listener.room(more);
        }
    }

    private synchronized void releaseRest() {
        int left = queue.clear();
        refused += left;
        if (left > 0) {
            observer.dropped(FlowObserver.Drop.SINK_ENDED, left);
        }
    }

    private void tellEnd(Duration elapsed) {
        WriteSummary summary;
        Throwable cause;
        synchronized (this) {
            summary = new WriteSummary(written, refused + queue.dropped(), elapsed);
            cause = failure;
        }
        listener.closed(summary, cause);
    }

    private synchronized void addFailure(Throwable e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }
}
