package io.packcache.operators.virtual;

import akka.actor.AbstractScheduler;
import akka.actor.Cancellable;
import akka.event.LoggingAdapter;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** The timer of {@link VirtualActors}, exact to the nanosecond. Akka makes it by its name. */
public final class VirtualTime extends AbstractScheduler {

    private static final double ANY = 1e9;

    private final Queue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::due));
    private long now;

    /** As Akka makes every scheduler. */
    public VirtualTime(Config config, LoggingAdapter log, ThreadFactory threads) {}

    /** Does whatever is due within {@code duration}, each at its time. */
    void pass(Duration duration) {
        long end = nanos() + duration.toNanos();
        for (Task task = next(end); task != null; task = next(end)) {
            task.run();
        }
    }

    synchronized long nanos() {
        return now;
    }

    private synchronized Task next(long end) {
        Task task = tasks.peek();
        if (task == null || task.due > end) {
            now = end;
            return null;
        }
        now = task.due;
        return tasks.remove();
    }

    @Override
    public synchronized Cancellable scheduleOnce(FiniteDuration delay, Runnable work, ExecutionContext where) {
        Task task = new Task(now + delay.toNanos(), work, where, new AtomicBoolean());
        tasks.add(task);
        return task;
    }

    @Override
    @SuppressWarnings("deprecation")
    public Cancellable schedule(FiniteDuration first, FiniteDuration interval, Runnable work, ExecutionContext where) {
        throw new UnsupportedOperationException("nothing of ours asks for a periodic timer");
    }

    @Override
    public double maxFrequency() {
        return ANY;
    }

    private record Task(long due, Runnable work, ExecutionContext where, AtomicBoolean over) implements Cancellable {

        void run() {
            if (cancel()) {
                where.execute(work);
            }
        }

        @Override
        public boolean cancel() {
            return over.compareAndSet(false, true);
        }

        @Override
        public boolean isCancelled() {
            return over.get();
        }
    }
}
