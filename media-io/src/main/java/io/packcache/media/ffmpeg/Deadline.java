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

    /** Calls end at once, now and later. */
    void expire() {
        expired = true;
    }

    @Override
    public int call(Pointer unused) {
        return expired || System.nanoTime() - end > 0 ? 1 : 0;
    }
}
