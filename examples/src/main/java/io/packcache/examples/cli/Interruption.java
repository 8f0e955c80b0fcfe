package io.packcache.examples.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Ctrl-C in the middle of a video: its pictures end, so that the sink finishes a file that plays; the process goes on
 * until that is done, or until {@link #PATIENCE} is over.
 */
final class Interruption implements AutoCloseable {

    /** Longest time that the process waits for its work to finish once told to stop. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Sinks.Empty<Void> signal = Sinks.empty();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "packcache-stop");
    private volatile boolean stopping;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Completes when the process was told to stop. */
    Mono<Void> signal() {
        return signal.asMono();
    }

    /** True once the process was told to stop. */
    boolean stopping() {
        return stopping;
    }

    private void stop() {
        stopping = true;
        signal.tryEmitEmpty();
        try {
            done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work is done; the process may end. */
    @Override
    public void close() {
        done.countDown();
        if (!stopping) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                stopping = true; // told to stop this very moment; the hook sees the work done
            }
        }
    }
}
