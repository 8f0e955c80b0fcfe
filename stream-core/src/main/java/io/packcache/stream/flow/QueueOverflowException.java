package io.packcache.stream.flow;

/** A queue that fails when it is full got one element too many. */
public final class QueueOverflowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    QueueOverflowException(int capacity, Object element) {
        super("a queue of " + capacity + " is full and " + element
                + " came; take a longer queue, a dropping strategy, or a faster receiver");
    }
}
