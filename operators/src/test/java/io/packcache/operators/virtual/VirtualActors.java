package io.packcache.operators.virtual;

import akka.actor.ActorSystem;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * An actor system in which nothing happens by itself: streams run on the thread that signals them, and time stands still
 * until it is told to pass.
 */
public final class VirtualActors implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    /** What streams are run on. */
    public final ActorSystem system =
            ActorSystem.create("virtual", ConfigFactory.parseString("""
            akka.scheduler.implementation = "io.packcache.operators.virtual.VirtualTime"
            akka.stream.materializer.dispatcher = "akka.test.calling-thread-dispatcher"
            """).withFallback(ConfigFactory.load()));

    private final VirtualTime time = (VirtualTime) system.getScheduler();

    /** Lets time pass; whatever is due by then has been done in its order when this returns. */
    public void pass(Duration duration) {
        time.pass(duration);
    }

    /** The time in nanoseconds; it begins with 0. */
    public long nanos() {
        return time.nanos();
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
