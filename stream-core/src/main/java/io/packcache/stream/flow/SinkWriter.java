package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Drives one {@link FrameSink} on a thread of its own, fed through a bounded queue, and closes it exactly once however
 * the stream ends.
 *
 * <p>What was queued before {@link #complete} or {@link #fail} is still written; what is queued at {@link #cancel}, or
 * when the sink fails, is released. The thread starts with {@link #start} and ends when the sink is closed. Thread-safe.
 */
public final class SinkWriter {

    /** Told what happens, on the sink's thread. Must not throw. */
    public interface Listener {

        /** One picture was written: there is room for another. */
        void written();

        /** The sink refused a picture: nothing more will be written, and the source may stop. */
        void refused();

        /**
         * The sink is closed. The last call, made exactly once.
         *
         * @param failure what went wrong, at the source, in writing or in closing; null if nothing did
         */
        void closed(WriteSummary summary, Throwable failure);
    }

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final FrameSink sink;
    private final int capacity;
    private final Listener listener;

    private final ArrayDeque<VideoFrame> queue;
    private boolean ended;
    private boolean cancelled;
    private Throwable failure;
    private long discarded;

    /**
     * @param sink where the pictures go; this writer closes it
     * @param capacity pictures that may wait, at least 1
     */
    public SinkWriter(FrameSink sink, int capacity, Listener listener) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a sink's queue holds at least 1 picture, got " + capacity);
        }
        this.sink = Objects.requireNonNull(sink, "sink");
        this.capacity = capacity;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.queue = new ArrayDeque<>(capacity);
    }

    /** Starts the sink's thread. To be called once, also when nothing will be written: only that thread closes. */
    public void start() {
        Thread thread = new Thread(this::run, "packcache-sink-" + COUNT.incrementAndGet());
        thread.start();
    }

    /**
     * Queues a picture, taking it over whatever the answer.
     *
     * @return false if the writer has ended or the queue is full, and the picture was released
     */
    public boolean offer(VideoFrame picture) {
        synchronized (this) {
            if (!ended && queue.size() < capacity) {
                queue.add(picture);
                notifyAll();
                return true;
            }
            discarded++;
        }
        picture.release();
        return false;
    }

    /** No more pictures will come; the sink is closed once those that wait are written. */
    public void complete() {
        end(null, false);
    }

    /** The source failed; the sink is closed once the pictures that wait are written. */
    public void fail(Throwable cause) {
        end(cause, false);
    }

    /** Nobody wants the rest: the sink is closed after the picture it is writing. */
    public void cancel() {
        end(null, true);
    }

    /** The stream broke down: same as {@link #cancel}, with a failure to tell. */
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
        long written = 0;
        try {
            for (VideoFrame picture = take(); picture != null; picture = take()) {
                sink.write(picture);
                written++;
                listener.written();
            }
        } catch (Exception | Error e) {
            addFailure(e);
            cancel();
            listener.refused();
        }
        long left = releaseRest();
        try {
            sink.close();
        } catch (Exception | Error e) {
            addFailure(e);
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
        listener.closed(new WriteSummary(written, left, elapsed), failure());
    }

    private synchronized VideoFrame take() {
        boolean interrupted = false;
        while (queue.isEmpty() && !ended) {
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

    private synchronized long releaseRest() {
        discarded += queue.size();
        queue.forEach(VideoFrame::release);
        queue.clear();
        return discarded;
    }

    private synchronized void addFailure(Throwable e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }

    private synchronized Throwable failure() {
        return failure;
    }
}
