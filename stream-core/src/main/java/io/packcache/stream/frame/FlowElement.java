package io.packcache.stream.frame;

/** What flows through a stream of video and owns memory: whoever holds it releases it or hands it on. */
public interface FlowElement extends AutoCloseable {

    /** When it was made; what is {@linkplain Epoch#isOver() over} need not be shown any more. */
    Epoch epoch();

    /** Gives the memory up; nothing of the element may be used afterwards. */
    void release();

    /** Same as {@link #release()}. */
    @Override
    default void close() {
        release();
    }
}
