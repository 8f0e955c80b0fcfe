package io.packcache.stream.session;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.VideoFrame;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One latent frame as it leaves a session: its pictures, what it cost, and the lease on the cache.
 *
 * <p>A generated frame owns its pictures until somebody {@linkplain #takePictures() takes} them. Whoever receives it
 * hands it on, takes the pictures, or {@linkplain #release() releases} it; releasing again, or after the pictures were
 * taken, does nothing, so that a frame may pass through operators that discard twice. Thread-safe.
 */
public final class GeneratedFrame implements FlowElement {

    private final long number;
    private final Epoch epoch;
    private final boolean condition;
    private final int[] codes;
    private final List<VideoFrame> pictures;
    private final FrameStatistics statistics;
    private final CacheLease lease;
    private final AtomicBoolean spent;

    /**
     * Makes a frame that owns {@code pictures}.
     *
     * @param number number of the latent frame in the clip, from 0
     * @param epoch when it was made; that of its pictures
     * @param condition true if the frame was given by the user, false if it was generated
     * @param codes codes of the frame, row-major
     */
    public GeneratedFrame(
            long number,
            Epoch epoch,
            boolean condition,
            int[] codes,
            List<VideoFrame> pictures,
            FrameStatistics statistics,
            CacheLease lease) {
        this(number, epoch, condition, codes, List.copyOf(pictures), statistics, lease, new AtomicBoolean());
    }

    private GeneratedFrame(
            long number,
            Epoch epoch,
            boolean condition,
            int[] codes,
            List<VideoFrame> pictures,
            FrameStatistics statistics,
            CacheLease lease,
            AtomicBoolean spent) {
        this.number = number;
        this.epoch = epoch;
        this.condition = condition;
        this.codes = codes;
        this.pictures = pictures;
        this.statistics = statistics;
        this.lease = lease;
        this.spent = spent;
    }

    /** Number of the latent frame in the clip, from 0. */
    public long number() {
        return number;
    }

    /** When it was made, as its pictures say. */
    @Override
    public Epoch epoch() {
        return epoch;
    }

    /** True if the frame was given by the user as a condition, false if it was generated. */
    public boolean condition() {
        return condition;
    }

    /** What the model generated: the codes of the frame, row-major; not to be modified. */
    public int[] codes() {
        return codes;
    }

    /** The pictures, in time order, to look at; they stay this frame's property. */
    public List<VideoFrame> pictures() {
        return pictures;
    }

    public FrameStatistics statistics() {
        return statistics;
    }

    /** The right to change the cache until the session begins the next frame. */
    public CacheLease lease() {
        return lease;
    }

    /** The same frame with other statistics. Both own the same pictures: release or take them through either, once. */
    public GeneratedFrame withStatistics(FrameStatistics other) {
        return new GeneratedFrame(number, epoch, condition, codes, pictures, other, lease, spent);
    }

    /**
     * Hands the pictures over: the caller releases each of them, this frame no longer does.
     *
     * @throws IllegalStateException if they were taken or released before
     */
    public List<VideoFrame> takePictures() {
        if (!spent.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "the pictures of latent frame " + number + " were already taken or released; take them once");
        }
        return pictures;
    }

    /** True once the pictures were taken or released: they are not this frame's to look at any more. */
    public boolean isSpent() {
        return spent.get();
    }

    /** Releases the pictures unless they were taken or released before. */
    @Override
    public void release() {
        if (spent.compareAndSet(false, true)) {
            pictures.forEach(VideoFrame::release);
        }
    }

    @Override
    public String toString() {
        return "latent frame " + number + " of " + pictures.size() + " pictures";
    }
}
