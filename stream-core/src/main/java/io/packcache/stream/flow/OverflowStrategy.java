package io.packcache.stream.flow;

/** What a full queue does with one element more. */
public enum OverflowStrategy {
    /** It never gets one: the queue asks for no more than it has places. */
    BACKPRESSURE,
    /** The element that has waited longest is released. */
    DROP_OLDEST,
    /** The element that has just come is released. */
    DROP_NEWEST,
    /** The stream fails. */
    FAIL
}
