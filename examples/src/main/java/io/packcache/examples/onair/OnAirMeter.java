package io.packcache.examples.onair;

import io.packcache.stream.session.GeneratedFrame;
import java.time.Duration;
import java.util.ArrayDeque;

/** Speed and memory of a broadcast, over its last seconds. Safe from any thread. */
public final class OnAirMeter {

    /** Latent frames that the speed of generation is taken over. */
    private static final int FRAMES = 12;

    private static final long RATE_OVER = Duration.ofSeconds(5).toNanos();

    private record Made(int pictures, long nanos) {}

    private record Sent(long pictures, long at) {}

    private final int fps;
    private final ArrayDeque<Made> made = new ArrayDeque<>();
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private boolean first = true;
    private long cacheBytes;

    /** A meter for a broadcast of so many pictures a second. */
    public OnAirMeter(int fps) {
        this.fps = fps;
    }

    /** A latent frame was made. The very first, with the text before it, is not counted in the speed. */
    public synchronized void made(GeneratedFrame frame) {
        cacheBytes = frame.statistics().residentBytes();
        if (first) {
            first = false;
            return;
        }
        made.add(new Made(frame.pictures().size(), frame.statistics().totalNanos()));
        if (made.size() > FRAMES) {
            made.remove();
        }
    }

    /** Seconds of video that this machine could make in a second; 0 while unknown. */
    public synchronized double realTimeFactor() {
        long pictures = made.stream().mapToLong(Made::pictures).sum();
        long nanos = made.stream().mapToLong(Made::nanos).sum();
        return nanos == 0 ? 0 : pictures * 1e9 / fps / nanos;
    }

    /**
     * Pictures sent a second, over the last seconds.
     *
     * @param pictures sent in all
     * @param now of {@link System#nanoTime}
     */
    public synchronized double rate(long pictures, long now) {
        sent.add(new Sent(pictures, now));
        while (now - sent.element().at() > RATE_OVER) {
            sent.remove();
        }
        long over = now - sent.element().at();
        return over == 0 ? 0 : (pictures - sent.element().pictures()) * 1e9 / over;
    }

    /** Bytes of both branches' caches after the newest frame. */
    public synchronized long cacheBytes() {
        return cacheBytes;
    }
}
