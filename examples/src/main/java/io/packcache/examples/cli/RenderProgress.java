package io.packcache.examples.cli;

import io.packcache.stream.session.GeneratedFrame;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;

/**
 * A bar while a video is made: pictures, pictures a second, cache bytes. Remembers what the summary needs. Called by one
 * thread at a time.
 */
final class RenderProgress implements AutoCloseable {

    private final ProgressBar bar;
    private final long pictures;
    private final long started = System.nanoTime();
    private long made;
    private boolean closed;
    private volatile long cacheBytes;

    RenderProgress(String name, long pictures) {
        this.pictures = pictures;
        bar = Bars.plain(name, pictures);
    }

    /** Called for every latent frame, on the thread that made it. */
    void made(GeneratedFrame frame) {
        made = Math.min(pictures, made + frame.pictures().size());
        cacheBytes = frame.statistics().residentBytes();
        bar.setExtraMessage(
                String.format(Locale.ROOT, "%.1f pictures/s, cache %s", made / seconds(), Units.bytes(cacheBytes)));
        bar.stepTo(made);
    }

    /** Seconds since the work began. */
    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    /** Bytes of both branches' caches after the newest frame. */
    long cacheBytes() {
        return cacheBytes;
    }

    /** Takes the bar away; once, since a second time would take away the line printed after it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            bar.close();
        }
    }
}
