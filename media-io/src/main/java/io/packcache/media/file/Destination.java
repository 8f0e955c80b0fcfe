package io.packcache.media.file;

import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;

/**
 * The name that a recording will have, and what is written meanwhile. Nothing that already bears the name is touched
 * before {@link #started}. One thread at a time.
 */
interface Destination {

    /** The name it will have. */
    Path file();

    /** Claims what is to be written to; call once. */
    Path begin() throws SinkException;

    /** The header is written: from now on it can be played, so far as it goes. */
    void started() throws SinkException;

    /** Everything is written. */
    void finished() throws SinkException;

    /** Deletes what was written, which nobody could use. */
    void discard();

    /** Whether what was written plays even though it could not be finished. */
    boolean playsUnfinished();
}
