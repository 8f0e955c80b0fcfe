package io.packcache.media.ffmpeg;

import java.time.Duration;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;

/**
 * Ends blocking network calls in time: FFmpeg asks it again and again while it waits. One thread sets it, any thread may
 * {@linkplain #expire() expire} it.
 */
final class Deadline extends AVIOInterruptCB.Callback_Pointer {

    private volatile long end = System.nanoTime();
    private volatile boolean expired;

    Deadline() {}

    /** From now on calls may take this long. */
    void in(Duration time) {
        end = System.nanoTime() + time.toNanos();
    }

    /** Calls end at once, now and later; so does waiting. */
    synchronized void expire() {
        expired = true;
        notifyAll();
    }

    /** Waits so long, unless expired. */
    synchronized void linger(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); left > 0 && !expired; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    @Override
    public int call(Pointer unused) {
        return expired || System.nanoTime() - end > 0 ? 1 : 0;
    }
}
