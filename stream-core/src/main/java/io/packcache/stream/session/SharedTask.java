package io.packcache.stream.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Work that another thread may take up before its result is asked for. Done once: by that thread, or by whoever asks first.
 * Thread-safe.
 */
final class SharedTask<T> implements Runnable {

    private final Supplier<T> work;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<T> result = new CompletableFuture<>();

    SharedTask(Supplier<T> work) {
        this.work = work;
    }

    /** Does the work unless it was begun before; a failure is kept for {@link #result}. */
    @Override
    public void run() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            result.complete(work.get());
        } catch (Throwable e) { // whoever asks for the result must hear of it, whatever it is
            result.completeExceptionally(e);
        }
    }

    /** The result, worked out on this thread if nobody has begun; waits while another thread is at it. */
    T result() {
        run();
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Sees to it that the work is not begun any more; false if it was. */
    boolean withdraw() {
        return begun.compareAndSet(false, true);
    }
}
