package io.packcache.stream.sink;

import io.packcache.stream.frame.VideoFrame;

/**
 * Where pictures go: a file, a live server, a window.
 *
 * <p>Life: {@link #write} any number of times, then {@link #close}. All calls come from one thread at a time, and may
 * block; whoever drives a sink gives it a thread of its own. The first picture fixes the size.
 */
public interface FrameSink extends AutoCloseable {

    /**
     * Writes one picture and releases it, whether writing succeeded or not.
     *
     * @throws SinkException if the picture could not be written; the sink may only be closed afterwards
     */
    void write(VideoFrame picture) throws SinkException;

    /**
     * Finishes what was written so that it can be played, and frees everything. Bounded in time whatever happened
     * before; closing twice does nothing.
     *
     * @throws SinkException if what was written could not be finished
     */
    @Override
    void close() throws SinkException;
}
