package io.packcache.stream.frame;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pixel memory that is used again. One size at a time: memory of another size is left to the garbage collector.
 * Thread-safe.
 */
public final class FramePool {

    private final ConcurrentLinkedQueue<byte[]> free = new ConcurrentLinkedQueue<>();
    private final AtomicLong live = new AtomicLong();

    /** Makes a picture with memory of this pool; its pixels are whatever they were before. */
    public VideoFrame take(int width, int height, long pts, TimeBase timeBase) {
        int bytes = Math.multiplyExact(3, Math.multiplyExact(width, height));
        byte[] rgb = free.poll();
        if (rgb == null || rgb.length != bytes) {
            rgb = new byte[bytes];
        }
        live.incrementAndGet();
        return new VideoFrame(width, height, pts, timeBase, rgb, this::recycle);
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
