package io.packcache.stream.frame;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One picture: packed RGB, 8 bits a channel, with its time.
 *
 * <p>A picture has an owner. Whoever receives it releases it exactly once, or hands it on; whoever needs it longer, or in
 * a second place, {@linkplain #retain() retains} it first. When the last holder releases it, its memory goes back to the
 * pool it came from; {@link PictureTracking} finds who forgot to. Safe to hand from thread to thread; its pixels are not to
 * be written after it was emitted.
 */
public final class VideoFrame implements FlowElement {

    /** Takes the pixel memory back when the last holder has released the picture. */
    public interface Recycler {
        void recycle(byte[] rgb);
    }

    private final int width;
    private final int height;
    private final long pts;
    private final TimeBase timeBase;
    private final byte[] rgb;
    private final Recycler recycler;
    private final Epoch epoch;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** Null unless pictures are tracked and this one belongs to a pool. */
    private PictureTrace trace;

    /** Makes a picture of no epoch that owns {@code rgb}. */
    public VideoFrame(int width, int height, long pts, TimeBase timeBase, byte[] rgb, Recycler recycler) {
        this(width, height, pts, timeBase, rgb, recycler, Epoch.NONE);
    }

    /**
     * Makes a picture that owns {@code rgb}.
     *
     * @param width pixels, at least 1
     * @param height pixels, at least 1
     * @param pts presentation time in ticks of {@code timeBase}
     * @param rgb at least {@code 3 * width * height} bytes: rows from the top, R G B for each pixel, no padding
     * @param recycler called once with {@code rgb} after the last release
     * @param epoch when it was made
     */
    public VideoFrame(int width, int height, long pts, TimeBase timeBase, byte[] rgb, Recycler recycler, Epoch epoch) {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels, got " + width + " x " + height);
        }
        if (rgb.length < 3L * width * height) {
            throw new IllegalArgumentException("a picture of " + width + " x " + height + " needs "
                    + 3L * width * height + " bytes of RGB, got " + rgb.length);
        }
        this.width = width;
        this.height = height;
        this.pts = pts;
        this.timeBase = timeBase;
        this.rgb = rgb;
        this.recycler = recycler;
        this.epoch = epoch;
    }

    /** Makes a picture whose memory belongs to no pool. */
    public static VideoFrame unpooled(int width, int height, long pts, TimeBase timeBase, byte[] rgb) {
        return new VideoFrame(width, height, pts, timeBase, rgb, ignored -> {});
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** Presentation time in ticks of {@link #timeBase()}. */
    public long pts() {
        return pts;
    }

    public TimeBase timeBase() {
        return timeBase;
    }

    @Override
    public Epoch epoch() {
        return epoch;
    }

    /**
     * The pixels: rows from the top, R G B for each pixel, no padding. Read only; valid until released.
     *
     * @throws IllegalStateException if the picture was released
     */
    public byte[] rgb() {
        if (holders.get() <= 0) {
            throw fault("used after its release");
        }
        return rgb;
    }

    /**
     * The same pixels at another time, as a picture of its own; this one is held until that one is released.
     *
     * @throws IllegalStateException if the picture was released
     */
    public VideoFrame restamped(long otherPts, TimeBase otherTimeBase, Epoch otherEpoch) {
        retain();
        return new VideoFrame(width, height, otherPts, otherTimeBase, rgb, ignored -> release(), otherEpoch).tracked();
    }

    /** Adds a holder; each retain is matched by one release. Returns this picture. */
    public VideoFrame retain() {
        int before = holders.getAndUpdate(n -> n > 0 ? n + 1 : n);
        if (before <= 0) {
            throw fault("retained after its release");
        }
        return this;
    }

    /** Gives up one hold; the last one returns the memory. A release too many is an error of the caller and throws. */
    @Override
    public void release() {
        int left = holders.decrementAndGet();
        if (left == 0) {
            if (trace != null) {
                trace.release();
            }
            recycler.recycle(rgb);
        } else if (left < 0) {
            throw fault("released more often than it was held");
        }
    }

    private IllegalStateException fault(String what) {
        String message = "picture " + pts + " was " + what;
        return trace == null ? new IllegalStateException(message) : trace.fault(message);
    }

    /** To be called before the picture is handed to anybody. */
    VideoFrame tracked() {
        trace = PictureTracking.begin(this);
        return this;
    }

    @Override
    public String toString() {
        return "picture " + pts;
    }
}
