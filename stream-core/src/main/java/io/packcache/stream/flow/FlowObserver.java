package io.packcache.stream.flow;

import io.packcache.stream.session.GeneratedFrame;

/**
 * Told what happens inside the operators of one stream. Implementations are thread-safe, brief, and throw nothing.
 *
 * <p>Operators find theirs through the context of their library, and skip all measuring when it is {@link #NONE}.
 */
public interface FlowObserver {

    /** Nobody looks. */
    FlowObserver NONE = new FlowObserver() {};

    /** Why an element was released without reaching its receiver. */
    enum Drop {
        /** A queue was full. */
        OVERFLOW,
        /** Its time had passed and a newer picture was there. */
        LATE,
        /** It belonged to a prompt that is no longer asked for. */
        OLD_EPOCH,
        /** Its sink had failed or was closed. */
        SINK_ENDED
    }

    /** A latent frame with its final statistics went by. */
    default void frame(GeneratedFrame frame) {}

    /** An element waited in a queue. */
    default void waited(long nanos) {}

    /** {@code count} elements were released. */
    default void dropped(Drop cause, long count) {}

    /** A picture was shown once more because no newer one had come. */
    default void held() {}
}
