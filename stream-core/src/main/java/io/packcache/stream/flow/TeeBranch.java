package io.packcache.stream.flow;

import io.packcache.stream.sink.FrameSink;
import java.util.Objects;

/**
 * One of several sinks that get the same pictures.
 *
 * @param name how it is called in the summary; unique in its tee
 * @param sink where the pictures go; closed when its branch ends, however it ends
 * @param capacity pictures that may wait in its queue, at least 1; with {@link OverflowStrategy#BACKPRESSURE} the one being
 *     written counts too
 * @param strategy what its queue does when it is full; with {@link OverflowStrategy#BACKPRESSURE} it slows the others
 */
public record TeeBranch(String name, FrameSink sink, int capacity, OverflowStrategy strategy) {

    public TeeBranch {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sink, "sink");
        Objects.requireNonNull(strategy, "strategy");
        if (capacity < 1) {
            throw new IllegalArgumentException("branch " + name + " holds at least 1 picture, got " + capacity);
        }
    }

    /** A branch that gets every picture, and slows the others when it is slow. */
    public static TeeBranch every(String name, FrameSink sink) {
        return new TeeBranch(name, sink, SinkSubscriber.QUEUE, OverflowStrategy.BACKPRESSURE);
    }

    /** A branch that gets the newest pictures it has time for, and slows nobody. */
    public static TeeBranch newest(String name, FrameSink sink) {
        return new TeeBranch(name, sink, SinkSubscriber.QUEUE, OverflowStrategy.DROP_OLDEST);
    }

    public TeeBranch withCapacity(int pictures) {
        return new TeeBranch(name, sink, pictures, strategy);
    }

    public TeeBranch withStrategy(OverflowStrategy other) {
        return new TeeBranch(name, sink, capacity, other);
    }
}
