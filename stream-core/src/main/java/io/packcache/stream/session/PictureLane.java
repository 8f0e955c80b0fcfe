package io.packcache.stream.session;

import io.packcache.kvcache.compute.Backend;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Where a model's pictures are coded and decoded: beside its generator if the picture tokenizer has a backend of its own, else
 * in turn with it. One piece of work at a time either way. Thread-safe.
 *
 * <p>Whoever holds the generator's turn may wait for this one, never the other way round.
 */
final class PictureLane implements AutoCloseable {

    private static final long IDLE_SECONDS = 2;

    private final Optional<Backend> own;
    private final ReentrantLock turn;

    /** Of one thread, which ends when there was nothing to do for a while; null in turn with the generator. */
    private final ThreadPoolExecutor beside;

    /**
     * @param own what the tokenizer alone computes on; closed with this
     * @param generatorTurn held while the generator computes
     */
    PictureLane(Optional<Backend> own, ReentrantLock generatorTurn) {
        this.own = own;
        this.turn = own.isPresent() ? new ReentrantLock(true) : generatorTurn;
        this.beside = own.isPresent() ? thread() : null;
    }

    private static ThreadPoolExecutor thread() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), PictureLane::daemon);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "packcache-pictures");
        thread.setDaemon(true);
        return thread;
    }

    /** Does the work now, on this thread, as soon as it is its turn. */
    <T> T inTurn(Supplier<T> work) {
        turn.lock();
        try {
            return work.get();
        } finally {
            turn.unlock();
        }
    }

    /** Begins the work beside whatever the generator does next, or leaves it until its result is asked for. */
    <T> SharedTask<T> begin(Supplier<T> work) {
        SharedTask<T> task = new SharedTask<>(() -> inTurn(work));
        if (beside != null) {
            beside.execute(task);
        }
        return task;
    }

    /** After the last session has ended. */
    @Override
    public void close() {
        if (beside != null) {
            beside.shutdown();
        }
        own.ifPresent(Backend::close);
    }
}
