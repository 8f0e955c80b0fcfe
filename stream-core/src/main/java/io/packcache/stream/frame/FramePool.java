package io.packcache.stream.frame;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Pixel memory that is used again. One size at a time: memory of another size is left to the garbage collector.
 * Thread-safe.
 */
public final class FramePool {

    private final ConcurrentLinkedQueue<byte[]> free;
    private final AtomicLong live;
    private final Supplier<Epoch> epoch;

    /** An empty pool; its pictures belong to no epoch. */
    public FramePool() {
        this(new ConcurrentLinkedQueue<>(), new AtomicLong(), () -> Epoch.NONE);
    }

    private FramePool(ConcurrentLinkedQueue<byte[]> free, AtomicLong live, Supplier<Epoch> epoch) {
        this.free = free;
        this.live = live;
        this.epoch = epoch;
    }

    /** The same memory for pictures that carry an epoch, asked for with each of them. */
    public FramePool stamping(Supplier<Epoch> other) {
        return new FramePool(free, live, other);
    }

    /** Makes a picture with memory of this pool; its pixels are whatever they were before. */
    public VideoFrame take(int width, int height, long pts, TimeBase timeBase) {
        int bytes = Math.multiplyExact(3, Math.multiplyExact(width, height));
        byte[] rgb = free.poll();
        if (rgb == null || rgb.length != bytes) {
            rgb = new byte[bytes];
        }
        live.incrementAndGet();
        return new VideoFrame(width, height, pts, timeBase, rgb, this::recycle, epoch.get()).tracked();
    }

    /** Pictures taken and not yet released. */
    public long live() {
        return live.get();
    }

    private void recycle(byte[] rgb) {
        live.decrementAndGet();
        free.offer(rgb);
    }
}
