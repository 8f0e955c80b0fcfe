package io.packcache.operators.reactor;

import io.packcache.stream.flow.Relay;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** One timer of one stream, set anew whenever there is something to wait for. Not thread-safe but for {@link #now()}. */
final class Alarm {

    private final Scheduler timer;
    private final Scheduler.Worker worker;
    private final Runnable task;

    private Disposable pending = Disposables.disposed();
    private long due;

    Alarm(Scheduler timer, Runnable task) {
        this.timer = timer;
        this.worker = timer.createWorker();
        this.task = task;
    }

    /** Reactor's schedulers, virtual ones included, answer in nanoseconds with a clock that never goes back. */
    long now() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    /** Runs the task in {@code wait} nanoseconds, and not when it was to run before; {@link Relay#NEVER} for not at all. */
    void set(long wait) {
        if (wait == Relay.NEVER) {
            pending.dispose();
            pending = Disposables.disposed();
            return;
        }
        long then = now() + wait;
        if (pending.isDisposed() || then != due) {
            pending.dispose();
            due = then;
            pending = worker.schedule(task, wait, TimeUnit.NANOSECONDS);
        }
    }

    void dispose() {
        pending.dispose();
        worker.dispose();
    }
}
