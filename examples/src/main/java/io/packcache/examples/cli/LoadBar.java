package io.packcache.examples.cli;

import io.packcache.stream.model.LoadProgress;
import me.tongfei.progressbar.ProgressBar;

/** A bar while the weights of a large model come into memory; a small one is there before a bar could be read. */
final class LoadBar implements LoadProgress, AutoCloseable {

    private static final long LARGE = 256L << 20;
    private static final long MEBIBYTE = 1 << 20;

    private ProgressBar bar;

    @Override
    public void loaded(long done, long total) {
        if (bar == null && total >= LARGE) {
            bar = Bars.counting("loading weights (MiB)", total / MEBIBYTE);
        }
        if (bar != null) {
            bar.stepTo(done / MEBIBYTE);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
