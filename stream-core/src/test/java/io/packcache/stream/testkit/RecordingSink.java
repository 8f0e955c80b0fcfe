package io.packcache.stream.testkit;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers the times and shades of the pictures it got, and how often it was closed; fails or waits when told to. */
public final class RecordingSink implements FrameSink {

    public final List<Long> times = new CopyOnWriteArrayList<>();
    public final List<Byte> shades = new CopyOnWriteArrayList<>();
    public final AtomicInteger closes = new AtomicInteger();
    public final CountDownLatch firstWrite = new CountDownLatch(1);
    public volatile Thread writer;

    private volatile long failAt = Long.MAX_VALUE;
    private volatile boolean failClose;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Refuses the picture at {@code pts}. */
    public RecordingSink failAt(long pts) {
        failAt = pts;
        return this;
    }

    /** Fails when closed. */
    public RecordingSink failClose() {
        failClose = true;
        return this;
    }

    /** Every write waits for {@code latch}. */
    public RecordingSink waitFor(CountDownLatch latch) {
        gate = latch;
        return this;
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        writer = Thread.currentThread();
        firstWrite.countDown();
        Threads.await(gate);
        try (picture) {
            if (picture.pts() == failAt) {
                throw new SinkException("disk full at picture " + picture.pts());
            }
            times.add(picture.pts());
            shades.add(picture.rgb()[0]);
        }
    }

    @Override
    public void close() throws SinkException {
        closes.incrementAndGet();
        if (failClose) {
            throw new SinkException("cannot finish the file");
        }
    }
}
