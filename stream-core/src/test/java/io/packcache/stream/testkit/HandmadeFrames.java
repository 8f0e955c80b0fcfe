package io.packcache.stream.testkit;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.CacheLease;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Frames without a session, from a pool that knows which of their pictures are alive. */
public final class HandmadeFrames {

    /** The pool; {@code live()} is 0 when everything was released. */
    public final FramePool pool = new FramePool();

    private final int side;
    private final FramePool stamping = pool.stamping(this::epoch);

    /** Plans applied through the leases of these frames. */
    public final AtomicInteger compactions = new AtomicInteger();

    private Epoch epoch = new Epoch(0);
    private long frames;
    private long pictures;

    public HandmadeFrames() {
        this(2);
    }

    /**
     * @param side width and height of the pictures
     */
    public HandmadeFrames(int side) {
        this.side = side;
    }

    /** The next frame, with {@code count} pictures. */
    public GeneratedFrame next(int count) {
        return next(count, 3);
    }

    /** The next frame, with one picture, at that time. */
    public synchronized GeneratedFrame at(long pts) {
        pictures = pts;
        return next(1);
    }

    /** The next frame, with {@code count} pictures, that took so long to make. */
    public synchronized GeneratedFrame next(int count, long nanos) {
        List<VideoFrame> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(stamping.take(side, side, pictures++, new TimeBase(1, 12)));
        }
        FrameStatistics statistics = new FrameStatistics(nanos - 2, new long[] {nanos - 2}, 1, 1, 0, 100, 100, 1000);
        return new GeneratedFrame(frames++, epoch, false, new int[0], taken, statistics, new Lease());
    }

    /** The epoch of the next frame. */
    public synchronized Epoch epoch() {
        return epoch;
    }

    /** Ends the epoch: frames made so far are out of date. */
    public synchronized void nextEpoch() {
        epoch.end();
        epoch = new Epoch(epoch.number() + 1);
    }

    private final class Lease implements CacheLease {

        @Override
        public CacheView view(Set<Signal> signals) {
            return new CacheView(new FrameGrid(1, 1, 0, 0), new CacheShape(1, 1, 2), 3, List.of(), 1);
        }

        @Override
        public Residency apply(CompactionPlan plan) {
            compactions.incrementAndGet();
            return new Residency(50, 500);
        }
    }
}
