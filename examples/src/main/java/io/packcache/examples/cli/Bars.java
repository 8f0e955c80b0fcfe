package io.packcache.examples.cli;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress bars on standard error, silent where that is no terminal. */
final class Bars {

    private static final int UNSEEN_WIDTH = 80;

    private Bars() {}

    /** A bar without an estimate of the time left; gone when closed. */
    static ProgressBar plain(String name, long most) {
        return of(name, most).hideEta().build();
    }

    /** A bar with an estimate of the time left; gone when closed. */
    static ProgressBar counting(String name, long most) {
        return of(name, most).build();
    }

    private static ProgressBarBuilder of(String name, long most) {
        ProgressBarBuilder bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(most)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(100)
                .clearDisplayOnFinish();
        // The launcher knows whether standard error is a terminal; Java 17 does not. Asked for its width, the library
        // would start processes to find a terminal.
        return Boolean.getBoolean("packcache.terminal")
                ? bar
                : bar.setConsumer(new DelegatingProgressBarConsumer(line -> {}, UNSEEN_WIDTH));
    }
}
