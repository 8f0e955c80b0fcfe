package io.packcache.media.file;

import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;

/** Pictures one by one from somewhere. One thread at a time, except {@link #abort()}. */
public interface PictureReader extends AutoCloseable {

    /**
     * Reads the next picture; may block.
     *
     * @return the picture, the caller's to release; null at the end
     * @throws IOException if what comes is damaged, or does not come
     */
    VideoFrame read() throws IOException;

    /** Makes the call that is running, and every later one, end at once. From any thread, also after {@link #close}. */
    void abort();

    @Override
    void close();
}
